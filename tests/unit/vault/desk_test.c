#include "vault/desk.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000 };

static uint64_t
done(struct rig *r, const struct message *m)
{
	return rig_ask(r, m, MSG_DONE)->done.outcome;
}

static void
test_cards(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_LIST };
	const struct msg_card_row *row;

	rig_open(&r);
	ok(rig_card(&r, "CARD000002", 7, false, "ORDER-2") == ST_OK, "stored");
	ok(rig_card(&r, "CARD000002", 7, false, NULL) == ST_EXISTS, "once");
	memset(r.card_key.point + 1, 1, 64);
	ok(rig_card(&r, "CARD000009", 7, false, NULL) == ST_INVALID,
	    "not with a key that is off the curve");
	p256_generate(&r.card_d, &r.card_key);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "LABCARD001", 7, true, NULL);
	(void)rig_deliver(&r, &plain);
	m.card_list.most = 2;
	ok(done(&r, &m) == ST_OK && rig_count(&r, MSG_CARD_ROW) == 2
	    && rig_answer(&r, MSG_DONE, 0)->done.more == 1, "two and more");
	row = &rig_answer(&r, MSG_CARD_ROW, 0)->card_row;
	ok(span_is(row->card, "CARD000001") && row->bundles == 1
	    && row->state == CARD_ACTIVE, "by number, with open bundles");
	m.card_list.after = span_of("CARD000002");
	ok(done(&r, &m) == ST_OK && rig_count(&r, MSG_CARD_ROW) == 1
	    && rig_answer(&r, MSG_DONE, 0)->done.more == 0
	    && rig_answer(&r, MSG_CARD_ROW, 0)->card_row.lab == 1, "the rest");
	rig_wait(&r, 365 * DAY_S);
	m.card_list.after = (struct span){ NULL, 0 };
	(void)done(&r, &m);
	ok(rig_answer(&r, MSG_CARD_ROW, 0)->card_row.state == CARD_EXPIRED,
	    "a year later they are expired");
	rig_close(&r);
}

/* Every field as long as messages.def lets it be. */
static void
test_longest_card(void)
{
	static uint8_t blob[4096] = { 'x' };
	struct rig r;
	struct message m = { .id = MSG_CARD_STORE };

	rig_open(&r);
	m.card_store.card = span_of("CARD000001");
	m.card_store.public_key = (struct span){ r.card_key.point, 65 };
	m.card_store.token_hash = (struct span){ blob, 32 };
	m.card_store.sk = (struct span){ blob, 1024 };
	m.card_store.trust = (struct span){ blob, 4096 };
	m.card_store.order = (struct span){ blob, 128 };
	m.card_store.actor = (struct span){ blob, 64 };
	m.card_store.expires_s = RIG_START_S + 100;
	ok(done(&r, &m) == ST_OK, "a card with the longest blobs");
	rig_close(&r);
}

/* What the triggers keep is what counting gives. */
static bool
tally_holds(struct rig *r)
{
	return rig_sql(r, "SELECT count(*) FROM tally WHERE"
	    " cards = (SELECT count(*) FROM card WHERE state = 0)"
	    " AND live = (SELECT count(*) FROM bundle WHERE live = 1)"
	    " AND withheld = (SELECT count(*) FROM bundle WHERE live = 1"
	    " AND holds <> 0)"
	    " AND lab = (SELECT count(*) FROM bundle WHERE live = 1 AND"
	    " card IN (SELECT id FROM card WHERE lab = 1))"
	    " AND tombstones = (SELECT count(*) FROM bundle"
	    " WHERE live = 0)") == 1;
}

static void
test_freeze(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_FREEZE };
	struct rig_report report = plain;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "LABCARD001", 7, true, NULL);
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	ok(done(&r, &m) == ST_OK, "frozen");
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE sk IS NULL AND trust "
	    "IS NULL") == 1, "its blobs are destroyed");
	ok(done(&r, &m) == ST_OK, "twice is no failure");
	ok(rig_audit(&r, "\"ev\":\"freeze\"") == 1, "and one record");
	m.card_freeze.card = span_of("NOSUCHCARD");
	ok(done(&r, &m) == ST_NOT_FOUND, "an unknown one is");
	ok(strcmp(rig_deliver(&r, &report).card, "LABCARD001") == 0,
	    "results for a frozen card go to the lab card");
	m.card_freeze.card = span_of("LABCARD001");
	ok(done(&r, &m) == ST_OK && rig_audit(&r, "\"ended\":1") == 1
	    && rig_sql(&r, "SELECT count(*) FROM seal") == 0,
	    "what was sealed to a frozen card ends with it");
	ok(tally_holds(&r), "the tally holds");
	rig_close(&r);
}

static void
test_bundles(void)
{
	struct rig r;
	struct message m = { .id = MSG_BUNDLE_LIST };
	struct rig_report report = plain;
	struct rig_result got[3];

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	for (uint8_t i = 0; i < 3; i++) {
		report.key = (uint8_t)(1 + i);
		report.card = i == 2 ? "CARD000002" : "CARD000001";
		got[i] = rig_deliver(&r, &report);
	}
	ok(done(&r, &m) == ST_OK && rig_count(&r, MSG_BUNDLE_ROW) == 3,
	    "of all cards");
	m.bundle_list.card = span_of("CARD000001");
	m.bundle_list.most = 1;
	(void)done(&r, &m);
	ok(rig_count(&r, MSG_BUNDLE_ROW) == 1
	    && span_is(rig_answer(&r, MSG_BUNDLE_ROW, 0)->bundle_row.bundle,
	    got[0].bid) && rig_answer(&r, MSG_DONE, 0)->done.more == 1,
	    "of one card, oldest first");
	m.bundle_list.after = span_of(got[0].bid);
	(void)done(&r, &m);
	ok(span_is(rig_answer(&r, MSG_BUNDLE_ROW, 0)->bundle_row.bundle,
	    got[1].bid) && rig_answer(&r, MSG_DONE, 0)->done.more == 0,
	    "and the next");
	m.bundle_list.after = span_of("0123456789012345678901");
	ok(done(&r, &m) == ST_INVALID || done(&r, &m) == ST_NOT_FOUND,
	    "after one that is none");
	rig_close(&r);
}

static void
test_revoke(void)
{
	struct rig r;
	struct message m = { .id = MSG_BUNDLE_REVOKE };
	struct rig_report report = plain;
	struct rig_result got, again;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.size = 100000;
	got = rig_deliver(&r, &report);
	m.bundle_revoke.bundle = span_of(got.bid);
	m.bundle_revoke.actor = span_of("dr.house");
	ok(done(&r, &m) == ST_OK, "revoked");
	ok(rig_read(&r, got.name) == ST_NOT_FOUND
	    && rig_sql(&r, "SELECT count(*) FROM garbage") == 0, "at once");
	ok(rig_audit(&r, "\"id\":\"dr.house\"") == 1, "by whom is known");
	ok(done(&r, &m) == ST_OK, "again: no failure");
	report.version_ms += 5;
	again = rig_deliver(&r, &report);
	ok(again.opened == ST_EXISTS, "a repetition does not bring it back");
	report.content = 2;
	ok(rig_deliver(&r, &report).opened == ST_EXPIRED,
	    "R32 nor does other content that is not newer");
	report.version_ms++;
	again = rig_deliver(&r, &report);
	ok(again.stored == ST_OK, "a correction does");
	m.bundle_revoke.bundle = span_of("0123456789012345678901");
	ok(done(&r, &m) == ST_NOT_FOUND, "an unknown one");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	m.bundle_revoke.bundle = span_of(again.bid);
	ok(done(&r, &m) == ST_EXPIRED, "a closed one");
	ok(tally_holds(&r), "the tally holds");
	rig_wait(&r, 400 * DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM card") == 0 && tally_holds(&r),
	    "also when all is gone");
	rig_close(&r);
}

static void
test_box_and_status(void)
{
	struct rig r;
	struct message m = { .id = MSG_BOX_GET };
	const struct msg_status *s;
	struct p256_public key;
	struct rig_report report = plain;

	rig_open(&r);
	key = r.v.box_key;
	ok(rig_ask(&r, &m, MSG_BOX)->box.has_lab_card == 0, "no lab card yet");
	rig_reopen(&r, true);
	(void)rig_card(&r, "LABCARD001", 7, true, NULL);
	ok(rig_ask(&r, &m, MSG_BOX)->box.has_lab_card == 1, "now there is");
	ok(memcmp(rig_ask(&r, &m, MSG_BOX)->box.public_key.ptr, key.point, 65)
	    == 0, "the box's key is the same after a restart");
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.size = 100000;
	(void)rig_deliver(&r, &report);
	report.key = 2;
	report.release = RELEASE_WITHHOLD;
	(void)rig_deliver(&r, &report);
	report.key = 3;
	report.release = RELEASE_DELIVER;
	report.card = NULL;
	(void)rig_deliver(&r, &report);
	m = (struct message){ .id = MSG_INTAKE_COUNTERS };
	m.intake_counters.frames = 42;
	rig_take(&r, &m);
	m = (struct message){ .id = MSG_STATUS_GET };
	s = &rig_ask(&r, &m, MSG_STATUS)->status;
	ok(s->cards == 2 && s->bundles_open == 2 && s->bundles_withheld == 1
	    && s->bundles_lab == 1 && s->tombstones == 0
	    && s->quarantined == 0, "counts");
	ok(s->database_bytes > 0 && s->segment_bytes >= 300000
	    && s->free_bytes > 0, "sizes");
	ok(s->audit_size == rig_sql(&r, "SELECT count(*) FROM audit"), "log");
	ok(tally_holds(&r), "counting gives the same");
	ok(s->now_low_s == RIG_START_S && s->time_quality == CLOCK_Q2
	    && s->frames == 42, "time and intake's counters");
	rig_close(&r);
}

static void
test_audit_read(void)
{
	struct rig r;
	struct message m = { .id = MSG_AUDIT_READ };
	struct merkle tree;
	uint8_t root[32], want[32];
	uint64_t from = 0;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	for (int i = 0; i < 5; i++)
		(void)rig_open_card(&r, "CARD000001", 8);
	merkle_init(&tree);
	m.audit_read.most = 3;
	do {
		m.audit_read.from = from;
		(void)rig_ask(&r, &m, MSG_DONE);
		for (size_t i = 0; i < rig_count(&r, MSG_AUDIT_LINE); i++) {
			const struct msg_audit_line *l =
			    &rig_answer(&r, MSG_AUDIT_LINE, i)->audit_line;

			if (l->number == from)
				from++;
			merkle_add(&tree, l->line);
		}
	} while (rig_answer(&r, MSG_DONE, 0)->done.more);
	merkle_root(&tree, root);
	merkle_root(&r.v.audit.committed, want);
	ok(from == 7 && memcmp(root, want, 32) == 0,
	    "seven records, read in threes, give the root");
	rig_close(&r);
}

int
main(void)
{
	test_cards();
	test_longest_card();
	test_freeze();
	test_bundles();
	test_revoke();
	test_box_and_status();
	test_audit_read();
	return done_testing();
}
