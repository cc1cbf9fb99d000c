#include "vault/delivery.h"

#include "tap.h"
#include "vault_rig.h"

#include "base/base64.h"
#include "jose/jws.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000 };

static void
test_store_and_read(size_t size, const char *what)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;

	rig_open(&r);
	report.size = size;
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &report);
	ok(got.begun == ST_OK && got.opened == ST_OK && got.claimed == ST_OK
	    && got.stored == ST_OK, "%s: stored", what);
	ok(strcmp(got.card, "CARD000001") == 0 && !got.lab, "to the card");
	ok(rig_read(&r, got.name) == ST_OK, "%s: every byte comes back", what);
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 1, "and is listed");
	rig_reopen(&r, true);
	ok(rig_read(&r, got.name) == ST_OK, "%s: after a crash, too", what);
	rig_close(&r);
}

/* The claim is what formats.md says, signed by the box. */
static void
test_claim(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got, next;
	uint8_t storage[1024];
	struct buf payload = buf_over(storage, sizeof(storage));
	char want[256];

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &report);
	ok(jws_verify(&r.v.box_key, "guichet-claim+jws", span_of(got.claim),
	    &payload) == ST_OK, "the box's signature verifies");
	storage[payload.len] = 0;
	snprintf(want, sizeof(want), "{\"v\":1,\"box\":\"test-box\","
	    "\"card\":\"CARD000001\",\"bid\":\"%s\",\"seq\":1,\"name\":\"",
	    got.bid);
	ok(strncmp((char *)storage, want, strlen(want)) == 0,
	    "members stand in the stated order");
	snprintf(want, sizeof(want), "\"iat\":%llu,\"opens\":%llu,"
	    "\"closes\":%llu,\"status\":\"final\",\"replaces\":null}",
	    (unsigned long long)RIG_START_S, (unsigned long long)RIG_START_S,
	    (unsigned long long)(RIG_START_S + RIG_WINDOW_S));
	ok(strstr((char *)storage, want) != NULL, "to the last one");
	report.content = 2;
	report.version_ms++;
	report.status = BUNDLE_CORRECTED;
	next = rig_deliver(&r, &report);
	payload.len = 0;
	ok(jws_verify(&r.v.box_key, "guichet-claim+jws", span_of(next.claim),
	    &payload) == ST_OK, "a correction verifies");
	storage[payload.len] = 0;
	snprintf(want, sizeof(want), "\"status\":\"corrected\","
	    "\"replaces\":\"%s\"}", got.bid);
	ok(strstr((char *)storage, want) != NULL
	    && strstr((char *)storage, "\"seq\":2,") != NULL,
	    "it names what it replaces, with the next seq");
	rig_close(&r);
}

static void
test_delayed_opening(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.opens_s = RIG_START_S + 3600;
	got = rig_deliver(&r, &report);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "before it opens there is nothing");
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "not by name, either");
	rig_wait(&r, 3600);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_OK, "then there is");
	rig_wait(&r, RIG_WINDOW_S - 1);
	ok(rig_read(&r, got.name) == ST_OK, "for a whole window");
	rig_wait(&r, 1);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "and not a second more");
	rig_close(&r);
}

static struct message
begin(uint64_t number, uint8_t key, uint8_t digest)
{
	static uint8_t keys[256][32];
	struct message m = { .id = MSG_DELIVERY_BEGIN };

	memset(keys[key], key, 32);
	memset(keys[digest], digest, 32);
	m.delivery_begin.delivery = number;
	m.delivery_begin.source = span_of("lis");
	m.delivery_begin.key = (struct span){ keys[key], 32 };
	m.delivery_begin.digest = (struct span){ keys[digest], 32 };
	return m;
}

static void
test_idempotency(void)
{
	struct rig r;
	struct message m = begin(901, 1, 2);
	const struct msg_delivery_state *state;

	rig_open(&r);
	ok(rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state.outcome
	    == ST_OK, "a new key goes on");
	m = begin(902, 1, 2);
	ok(rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state.outcome
	    == ST_BUSY, "the same key in flight is busy");
	rig_forget(&r);
	rig_take_commit(&r, 901);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_OK, "an empty delivery stores its ACK");
	rig_reopen(&r, true);
	m = begin(1, 1, 2);
	state = &rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state;
	ok(state->outcome == ST_EXISTS && span_is(state->ack, "MSA|AA|1"),
	    "the same message gets the same ACK, across a crash");
	m = begin(2, 1, 3);
	state = &rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state;
	ok(state->outcome == ST_OK && state->key_reused == 1,
	    "another digest under the key is new, with a warning");
	rig_wait(&r, 31 * DAY_S);
	(void)rig_sweep(&r);
	m = begin(3, 1, 2);
	state = &rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state;
	ok(state->outcome == ST_BUSY, "number 2 is still in flight");
	m = (struct message){ .id = MSG_DELIVERY_ABORT };
	m.delivery_abort.delivery = 2;
	rig_take(&r, &m);
	m = begin(3, 1, 2);
	state = &rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state;
	ok(state->outcome == ST_OK && state->key_reused == 0,
	    "after 30 days it is forgotten");
	rig_close(&r);
}

static void
test_nothing_without_commit(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.no_commit = true;
	report.size = 200000;
	got = rig_deliver(&r, &report);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "staged is not stored");
	vault_intake_lost(&r.v);
	ok(r.v.staged_bytes == 0 && r.v.segments.end == 0,
	    "a lost intake takes what was staged with it");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle") == 0, "no row");
	rig_take_commit(&r, got.delivery);
	rig_forget(&r);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_NOT_FOUND, "its commit is refused");
	rig_close(&r);
}

static void
test_incomplete_is_refused(void)
{
	struct rig r;
	struct rig_result got;
	struct message m = { .id = MSG_ENVELOPE };

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_begin(&r, &plain);
	rig_forget(&r);
	rig_take_commit(&r, got.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_INVALID, "a report without its object");
	got = rig_begin(&r, &plain);
	m.envelope.delivery = got.delivery;
	m.envelope.envelope = span_of("too early");
	rig_take(&r, &m);
	rig_forget(&r);
	rig_take_commit(&r, got.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_INVALID, "an envelope before its object");
	ok(rig_sql(&r, "SELECT count(*) FROM delivery") == 0,
	    "no ACK is kept for either");
	rig_close(&r);
}

static void
test_limits(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;
	struct message m = { .id = MSG_CLAIM_GET };

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_begin(&r, &report);
	m.claim_get.delivery = got.delivery;
	m.claim_get.name = m.claim_get.sha256 = (struct span){ got.name, 32 };
	m.claim_get.size = OBJECT_BYTES_MAX + 1;
	ok(rig_ask(&r, &m, MSG_CLAIM)->claim.outcome == ST_TOO_BIG,
	    "an object over the limit");
	r.v.settings.reserve_bytes = UINT64_MAX / 2;
	report.key = 2;
	got = rig_begin(&r, &report);
	m.claim_get.delivery = got.delivery;
	m.claim_get.size = 1000;
	ok(rig_ask(&r, &m, MSG_CLAIM)->claim.outcome == ST_DISK_FULL,
	    "no room beside the reserve");
	rig_forget(&r);
	rig_take_commit(&r, got.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_DISK_FULL, "and so says the commit");
	r.v.settings.reserve_bytes = 0;
	report.key = 3;
	report.card = "NOSUCHCARD";
	got = rig_deliver(&r, &report);
	ok(got.opened == ST_NOT_FOUND && got.stored == ST_NOT_FOUND,
	    "no card and no lab card: nothing is acknowledged");
	rig_close(&r);
}

static void
test_clock_contradiction_stops_intake(void)
{
	struct rig r;
	struct message m = begin(1, 1, 1);

	rig_open(&r);
	r.system_s -= 5000;
	vault_tick(&r.v);
	ok(rig_ask(&r, &m, MSG_DELIVERY_STATE)->delivery_state.outcome
	    == ST_BUSY, "Q0: the LIS has to wait");
	rig_close(&r);
}

/* Two deliveries change the same report: the second waits, then decides. */
static void
test_same_report_waits(void)
{
	struct rig r;
	struct rig_report first = plain, second = plain;
	struct rig_result a, b;
	const struct message *late;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	a = rig_begin(&r, &first);
	rig_seal(&r, &first, &a);
	b = rig_begin(&r, &second);
	ok(b.opened == ST_COUNT, "the second gets no answer yet");
	rig_forget(&r);
	rig_take_commit(&r, a.delivery);
	(void)vault_turn(&r.v);
	late = rig_answer(&r, MSG_REPORT_OPENED, 0);
	ok(late != NULL && late->report_opened.delivery == b.delivery
	    && late->report_opened.outcome == ST_EXISTS,
	    "after the first commit it learns that nothing is new");
	rig_close(&r);
}

static void
test_group_commit(void)
{
	enum { MANY = 16 };
	struct rig r;
	struct rig_result got[MANY];
	struct rig_report report = plain;
	uint64_t syncs, segments;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.size = 90000;
	for (uint8_t i = 0; i < MANY; i++) {
		report.key = (uint8_t)(10 + i);
		got[i] = rig_begin(&r, &report);
		rig_seal(&r, &report, &got[i]);
	}
	rig_forget(&r);
	for (size_t i = 0; i < MANY; i++)
		rig_take_commit(&r, got[i].delivery);
	ok(rig_count(&r, MSG_DELIVERY_STORED) == 0, "nothing is answered yet");
	syncs = r.v.database_syncs;
	segments = r.v.segment_syncs;
	(void)vault_turn(&r.v);
	ok(rig_count(&r, MSG_DELIVERY_STORED) == MANY, "one turn answers all");
	ok(r.v.database_syncs == syncs + 1, "with one sync of the database");
	ok(r.v.segment_syncs == segments + 1, "and one of the segment");
	ok(rig_sql(&r, "SELECT max(last_seq) FROM card") == MANY,
	    "parallel deliveries to a card have different seqs");
	rig_close(&r);
}

static void
test_ready_ones_wait_for_others(void)
{
	struct rig r;
	struct rig_result first, second;
	struct rig_report report = plain;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	ok(!vault_may_wait(&r.v), "nothing is ready");
	first = rig_begin(&r, &report);
	rig_seal(&r, &report, &first);
	report.key = 2;
	second = rig_begin(&r, &report);
	rig_seal(&r, &report, &second);
	ok(!vault_may_wait(&r.v), "on their way, but nothing is ready");
	rig_take_commit(&r, first.delivery);
	ok(vault_may_wait(&r.v), "one waits for the other");
	rig_take_commit(&r, second.delivery);
	ok(!vault_may_wait(&r.v), "both are ready");
	(void)vault_turn(&r.v);
	rig_close(&r);
}

/* One that must not be stored does not take the others with it. */
static void
test_savepoint(void)
{
	struct rig r;
	struct rig_result a, b;
	struct rig_report one = plain, two = plain;
	struct message m = { .id = MSG_CARD_FREEZE };

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	two.card = "CARD000002";
	two.key = 2;
	a = rig_begin(&r, &one);
	rig_seal(&r, &one, &a);
	b = rig_begin(&r, &two);
	rig_seal(&r, &two, &b);
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	rig_forget(&r);
	rig_take(&r, &m);
	rig_take_commit(&r, a.delivery);
	rig_take_commit(&r, b.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_INVALID, "sealed to a card that was frozen meanwhile: no");
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 1)->delivery_stored.outcome
	    == ST_OK, "its neighbour in the transaction: yes");
	ok(rig_sql(&r, "SELECT count(*) FROM bundle") == 1, "one bundle");
	rig_reopen(&r, true);
	ok(r.v.audit.tree.size == rig_sql(&r, "SELECT count(*) FROM audit"),
	    "the audit tree fits what was undone");
	rig_close(&r);
}

static void
test_object_is_as_announced(void)
{
	struct rig r;
	struct rig_result got;
	struct message claim = { .id = MSG_CLAIM_GET };
	struct message part = { .id = MSG_OBJECT_PART };
	struct message envelope = { .id = MSG_ENVELOPE };
	static const size_t lens[] = { 99, 101 };

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	for (size_t i = 0; i < COUNT(lens); i++) {
		uint8_t bytes[128] = { 0 };

		got = rig_begin(&r, &plain);
		claim.claim_get.delivery = got.delivery;
		claim.claim_get.name = claim.claim_get.sha256
		    = (struct span){ bytes, 32 };
		claim.claim_get.size = 100;
		(void)rig_ask(&r, &claim, MSG_CLAIM);
		part.object_part.delivery = got.delivery;
		part.object_part.data = (struct span){ bytes, lens[i] };
		rig_take(&r, &part);
		envelope.envelope.delivery = got.delivery;
		envelope.envelope.envelope = span_of("e");
		rig_take(&r, &envelope);
		rig_forget(&r);
		rig_take_commit(&r, got.delivery);
		(void)vault_turn(&r.v);
		ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored
		    .outcome == ST_INVALID, "%zu bytes for 100", lens[i]);
	}
	rig_close(&r);
}

static void
test_bounds(void)
{
	struct rig r;
	struct rig_report far = plain;
	struct rig_result got;
	struct message m = { .id = MSG_REPORT_OPEN };
	uint8_t key[32] = { 0 }, patient[32];
	uint64_t last = ST_OK;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	memset(patient, 1, 32);
	far.opens_s = UINT64_MAX;
	ok(rig_begin(&r, &far).opened == ST_INVALID,
	    "nothing opens after the end of time");
	far.opens_s = RIG_START_S + OPENS_AHEAD_MAX_S + 1;
	ok(rig_begin(&r, &far).opened == ST_INVALID, "or in a year and a day");
	got = rig_begin(&r, &plain);
	m.report_open.delivery = got.delivery;
	m.report_open.card = span_of("CARD000001");
	for (uint64_t i = 1; i <= DELIVERY_REPORTS_MAX; i++) {
		key[0] = (uint8_t)(i + 100);
		m.report_open.report = i;
		m.report_open.report_key = m.report_open.content
		    = (struct span){ key, 32 };
		m.report_open.patient = (struct span){ patient, 32 };
		m.report_open.traits = (struct span){ patient, 32 };
		last = rig_ask(&r, &m, MSG_REPORT_OPENED)
		    ->report_opened.outcome;
		if (i + 1 == DELIVERY_REPORTS_MAX)
			ok(last == ST_OK, "64 reports in a delivery");
	}
	ok(last == ST_BUSY, "not 65");
	r.v.staged_bytes = STAGED_BYTES_MAX;
	m = (struct message){ .id = MSG_CLAIM_GET };
	m.claim_get.delivery = got.delivery;
	m.claim_get.name = m.claim_get.sha256 = (struct span){ key, 32 };
	m.claim_get.size = 1;
	ok(rig_ask(&r, &m, MSG_CLAIM)->claim.outcome == ST_BUSY,
	    "what is staged is bounded in all");
	r.v.staged_bytes = 0;
	rig_close(&r);
}

/* The space may go between the claim and the commit. */
static void
test_space_at_commit(void)
{
	struct rig r;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_begin(&r, &plain);
	rig_seal(&r, &plain, &got);
	r.v.settings.reserve_bytes = UINT64_MAX / 2;
	rig_forget(&r);
	rig_take_commit(&r, got.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_DISK_FULL, "a commit does not eat the reserve");
	rig_close(&r);
}

/* A name that was used before: the correction is undone, whole. */
static void
test_undone_whole(void)
{
	struct rig r;
	struct rig_report one = plain, two = plain;
	struct rig_result a, b, c;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	a = rig_deliver(&r, &one);
	two.key = 2;
	b = rig_deliver(&r, &two);
	one.content = 2;
	one.version_ms++;
	r.next = b.delivery + 65535;	/* the rig makes the same name */
	c = rig_deliver(&r, &one);
	ok(c.stored == ST_EXISTS, "an object's name is used once");
	ok(rig_read(&r, a.name) == ST_OK && rig_read(&r, b.name) == ST_OK,
	    "what it was to replace is still there");
	ok(r.v.audit.committed.size
	    == rig_sql(&r, "SELECT count(*) FROM audit"),
	    "the audit tree forgot what was undone");
	rig_reopen(&r, true);
	ok(r.v.audit.tree.size > 0, "and the store opens");
	rig_close(&r);
}

int
main(void)
{
	test_undone_whole();
	test_object_is_as_announced();
	test_bounds();
	test_space_at_commit();
	test_store_and_read(1000, "a row");
	test_store_and_read(32 * 1024, "the biggest row");
	test_store_and_read(32 * 1024 + 1, "a segment");
	test_store_and_read(500000, "several chunks");
	test_claim();
	test_delayed_opening();
	test_idempotency();
	test_nothing_without_commit();
	test_incomplete_is_refused();
	test_limits();
	test_clock_contradiction_stops_intake();
	test_same_report_waits();
	test_group_commit();
	test_ready_ones_wait_for_others();
	test_savepoint();
	return done_testing();
}
