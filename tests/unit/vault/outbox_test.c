/* What causes a row, and what becomes of it where all goes well. */
#include "vault/outbox.h"

#include <stdio.h>

#include "base/base64.h"
#include "drop_fake.h"
#include "tap.h"
#include "vault/sweep.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 100000 };

static uint8_t body[DROP_BODY_MAX];

static void
start(struct rig *r)
{
	rig_open(r);
	if (rig_card_drop(r, "CARD000001", 7, 'L') != ST_OK)
		printf("Bail out! no card\n");
}

static const char *
path_of(const char *folder, const uint8_t name[static 32])
{
	static char text[64];
	struct buf b = buf_over(text, sizeof(text) - 1);

	if (buf_append_text(&b, folder) != ST_OK
	    || base64url_encode((struct span){ name, 32 }, &b) != ST_OK)
		return "";
	text[b.len] = '\0';
	return text;
}

static const char *
index_path(void)
{
	uint8_t loc[32];

	memset(loc, 'L', sizeof(loc));
	return path_of("i/", loc);
}

static bool
index_has(const struct drop_store *s, const char *text)
{
	const struct drop_object *o = drop_find(s, index_path());

	return o != NULL && strstr((const char *)o->body, text) != NULL;
}

/* Rows of the drop alone: notices are another matter. */
static uint64_t
rows(struct rig *r)
{
	return rig_sql(r, "SELECT count(*) FROM outbox WHERE channel = 0");
}

static enum status
ask_done(struct rig *r, const struct message *m)
{
	return (enum status)rig_ask(r, m, MSG_DONE)->done.outcome;
}

static enum status
stop(struct rig *r, const char *card)
{
	struct message m = { .id = MSG_DROP_STOP };

	m.drop_stop.card = span_of(card);
	m.drop_stop.actor = span_of("tester");
	return ask_done(r, &m);
}

static enum status
freeze(struct rig *r, const char *card)
{
	struct message m = { .id = MSG_CARD_FREEZE };

	m.card_freeze.card = span_of(card);
	m.card_freeze.actor = span_of("tester");
	return ask_done(r, &m);
}

static void
test_without_drop(void)
{
	struct rig r;
	struct drop_job j;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "CARD00000L", 8, true, NULL);
	(void)rig_deliver(&r, &plain);
	(void)rig_deliver(&r, &(struct rig_report){ .key = 2, .patient = 2,
	    .content = 1, .version_ms = 1000 });
	ok(rows(&r) == 0 && !drop_take(&r, CHANNEL_STORE, &j),
	    "a card of the branch and the lab's leave nothing");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rows(&r) == 0, "nor does their end");
	rig_close(&r);
}

static void
test_first_index(void)
{
	static const char want[] = "{\"v\":1,\"sk\":\"drop-private-key\","
	    "\"trust\":\"drop-trust\",\"bundles\":[]}";
	struct rig r;
	struct drop_job j;
	bool padded = true;

	start(&r);
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_PUT_INDEX
	    && strcmp(j.name, index_path()) == 0,
	    "a card has an index from its first day");
	ok(j.size == 16384 && j.delete_at_s == r.system_s + 365 * DAY_S,
	    "of one step, until the card expires");
	ok(drop_read(&r, &j, body), "it can be read");
	ok(memcmp(body, want, sizeof(want) - 1) == 0, "and is as stated");
	for (size_t i = sizeof(want) - 1; i < 16384; i++)
		padded = padded && body[i] == ' ';
	ok(padded, "spaces up to the step");
	drop_end(&r, &j, OUTCOME_DONE);
	ok(rows(&r) == 0, "seen there: no row");
	rig_close(&r);
}

static void
test_published(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_result got;
	struct drop_job j;
	const struct drop_object *o;
	bool same = true;

	start(&r);
	(void)drop_run(&r, &s);
	got = rig_deliver(&r, &plain);
	ok(rows(&r) == 1 && rig_audit(&r, "\"ev\":\"publish\"") == 0
	    && rig_sql(&r, "SELECT pushed FROM bundle") == PUSHED_NEVER,
	    "stored: one row, nothing left");
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_PUT_OBJECT
	    && strcmp(j.name, path_of("d/", got.name)) == 0
	    && j.size == 100000
	    && j.delete_at_s == r.system_s + RIG_WINDOW_S,
	    "the object, under its name, until it closes");
	rig_reopen(&r, true);	/* at the moment the job leaves */
	ok(rig_sql(&r, "SELECT pushed FROM bundle") == PUSHED_MAY_BE_THERE
	    && rig_audit(&r, "\"ev\":\"publish\"") == 1
	    && rig_audit(&r, "\"ch\":\"drop\"") == 1,
	    "mark and record are durable before it does");
	ok(drop_take(&r, CHANNEL_STORE, &j) && drop_read(&r, &j, body),
	    "after the crash it is handed out again");
	ok(rig_audit(&r, "\"ev\":\"publish\"") == 1, "recorded once");
	for (size_t i = 0; i < j.size; i++)
		same = same && body[i] == rig_byte(got.name, i);
	ok(same, "the bytes that were stored");
	drop_put(&s, &j, body);
	ok(!index_has(&s, got.bid), "the index comes after the object");
	drop_end(&r, &j, OUTCOME_DONE);
	ok(rig_sql(&r, "SELECT pushed FROM bundle") == PUSHED_IS_THERE,
	    "seen there");
	(void)drop_run(&r, &s);
	ok(index_has(&s, got.bid) && index_has(&s,
	    "\"envelope\":\"an-envelope-that-only-a-card-opens\"")
	    && index_has(&s, "\"status\":\"final\",\"closes\":1799971200}"),
	    "and the index has it");
	o = drop_find(&s, index_path());
	ok(o->size == 16384
	    && o->delete_at_s == r.system_s + RIG_WINDOW_S + 3600,
	    "of one step, for an hour longer than that");
	ok(rows(&r) == 0, "no row is left");
	ok(rig_sql(&r, "SELECT reads FROM bundle") == 0,
	    "the courier is no reader");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_closes(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_result got;
	uint8_t first[16384];

	start(&r);
	(void)drop_run(&r, &s);
	memcpy(first, drop_find(&s, index_path())->body, sizeof(first));
	got = rig_deliver(&r, &plain);
	(void)drop_run(&r, &s);
	ok(drop_find(&s, path_of("d/", got.name)) != NULL, "it is there");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	(void)drop_run(&r, &s);
	rig_wait(&r, 200);	/* the crash of a put would be settled */
	(void)drop_run(&r, &s);
	ok(drop_find(&s, path_of("d/", got.name)) == NULL && s.n == 1,
	    "closed: it is gone from the drop");
	ok(rig_audit(&r, "\"ev\":\"unpublish\"") == 1, "and on record");
	ok(memcmp(first, drop_find(&s, index_path())->body, 16384) == 0,
	    "the index is the one of the first day, byte for byte");
	ok(rows(&r) == 0, "no row is left");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_opens_later(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report later = plain;

	start(&r);
	(void)drop_run(&r, &s);
	later.opens_s = r.system_s + 3600;
	(void)rig_deliver(&r, &later);
	rig_wait(&r, 3599);
	ok(rows(&r) == 1 && drop_run(&r, &s) == 0, "not before it opens");
	rig_wait(&r, 1);
	ok(drop_run(&r, &s) == 2 && s.n == 2, "then at once");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_held(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report held = plain;
	struct rig_result got;
	struct message m = { .id = MSG_BUNDLE_RELEASE };

	start(&r);
	(void)drop_run(&r, &s);
	held.holds = HOLD_LIST;
	held.release = RELEASE_WITHHOLD;
	got = rig_deliver(&r, &held);
	rig_wait(&r, 10);
	ok(rows(&r) == 0 && drop_run(&r, &s) == 0, "held: no row");
	m.bundle_release.bundle = span_of(got.bid);
	m.bundle_release.biologist = span_of("Dr Durand");
	m.bundle_release.actor = span_of("tester");
	ok(ask_done(&r, &m) == ST_OK && rows(&r) == 1, "released: a row");
	ok(drop_run(&r, &s) == 2 && index_has(&s, got.bid), "and it leaves");
	held = (struct rig_report){ .card = "CARD000001", .key = 2,
	    .patient = 1, .content = 2, .version_ms = 5,
	    .holds = HOLD_PRELIMINARY, .release = RELEASE_WITHHOLD,
	    .status = BUNDLE_PRELIMINARY, .lines = "a" };
	got = rig_deliver(&r, &held);
	ok(got.stored == ST_OK && drop_run(&r, &s) == 0,
	    "preliminary: nothing");
	held.release = RELEASE_CONFIRM;
	held.status = BUNDLE_FINAL;
	held.holds = 0;
	held.confirmed = "a";
	held.version_ms = 6;
	(void)rig_deliver(&r, &held);
	ok(drop_run(&r, &s) == 2 && index_has(&s, got.bid), "confirmed: all");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_never_left(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report gone = plain;

	start(&r);
	(void)drop_run(&r, &s);
	(void)rig_deliver(&r, &plain);
	gone.release = RELEASE_WITHDRAW;
	gone.version_ms = 2000;
	(void)rig_deliver(&r, &gone);
	ok(rows(&r) == 0 && rig_audit(&r, "publish") == 0,
	    "withdrawn before it left: nothing to delete");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_corrected(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report new = plain;
	struct rig_result old, got;

	start(&r);
	old = rig_deliver(&r, &plain);
	(void)drop_run(&r, &s);
	new.content = 2;
	new.version_ms = 2000;
	new.status = BUNDLE_CORRECTED;
	got = rig_deliver(&r, &new);
	ok(rows(&r) == 3, "a deletion, a put and an index");
	(void)drop_run(&r, &s);
	ok(s.n == 2 && drop_find(&s, path_of("d/", old.name)) == NULL
	    && !index_has(&s, old.bid), "the old one is gone");
	ok(drop_find(&s, path_of("d/", got.name)) != NULL
	    && index_has(&s, got.bid) && index_has(&s, "\"corrected\""),
	    "the new one is there, and says what it is");
	drop_clear(&s);
	rig_close(&r);
}

/* The page must not show an old line as if it counted: an outdated bundle is
 * listed only where what outdates it can be found there, too. */
static void
test_outdated(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report part = plain;
	struct rig_result old, new;
	struct drop_job j;

	start(&r);
	part.lines = "ab";
	old = rig_deliver(&r, &part);
	(void)drop_run(&r, &s);
	ok(index_has(&s, old.bid), "two lines are shown");
	part.lines = "b";
	part.content = 2;
	part.version_ms = 2000;
	part.status = BUNDLE_CORRECTED;
	new = rig_deliver(&r, &part);
	ok(drop_take(&r, CHANNEL_STORE, &j) && j.kind == OUTBOX_PUT_INDEX
	    && drop_read(&r, &j, body), "one is newer: the index first");
	drop_put(&s, &j, body);
	drop_end(&r, &j, OUTCOME_DONE);
	ok(!index_has(&s, old.bid) && !index_has(&s, new.bid),
	    "without the old values while the new are not there");
	(void)drop_run(&r, &s);
	ok(index_has(&s, "\"outdated\"") && index_has(&s, old.bid)
	    && index_has(&s, new.bid), "then both");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_damaged(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };

	start(&r);
	(void)drop_run(&r, &s);
	(void)rig_deliver(&r, &plain);
	(void)rig_sql(&r, "UPDATE bundle SET damaged = 1");
	ok(drop_run(&r, &s) == 0 && rows(&r) == 1
	    && rig_audit(&r, "publish") == 0, "damaged: it does not leave");
	(void)rig_sql(&r, "UPDATE bundle SET damaged = 0");
	rig_wait(&r, 900);
	ok(drop_run(&r, &s) == 2, "whole again: it does");
	drop_clear(&s);
	rig_close(&r);
}

/* A disk that changed a byte since the start: the last part is kept back. */
static void
test_rotten(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct drop_job j;
	struct rig_report small = plain;
	struct message m = { .id = MSG_OUTBOX_READ };

	start(&r);
	(void)drop_run(&r, &s);
	small.size = 500;
	(void)rig_deliver(&r, &small);
	(void)rig_sql(&r, "UPDATE object SET bytes = "
	    "CAST(substr(bytes, 1, 499) || x'00' AS BLOB)");
	(void)drop_take(&r, CHANNEL_STORE, &j);
	m.outbox_read.job = j.job;
	ok(rig_ask(&r, &m, MSG_OUTBOX_DATA)->outbox_data.outcome
	    == ST_NOT_FOUND,
	    "other bytes than were stored are not handed out whole");
	drop_end(&r, &j, OUTCOME_GONE);
	ok(!drop_take(&r, CHANNEL_STORE, &j) && rows(&r) == 1,
	    "it is tried again later");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_freeze(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report second = plain;
	struct rig_result got;

	start(&r);
	got = rig_deliver(&r, &plain);
	(void)drop_run(&r, &s);
	second.key = 2;
	second.content = 2;
	(void)rig_deliver(&r, &second);	/* waits to leave */
	ok(freeze(&r, "CARD000001") == ST_OK, "frozen");
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE drop_sk IS NULL AND "
	    "drop_trust IS NULL AND loc IS NULL AND day_code IS NULL") == 1,
	    "the drop variant is destroyed");
	ok(rig_sql(&r, "SELECT count(*) FROM outbox WHERE kind = 2") == 2
	    && rig_sql(&r, "SELECT count(*) FROM outbox") == 2,
	    "two deletions, nothing else");
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r) == 0, "the drop is empty");
	ok(drop_find(&s, path_of("d/", got.name)) == NULL
	    && rig_audit(&r, "\"ev\":\"unpublish\"") == 1, "on record");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_stop(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report second = plain;
	struct rig_result got;

	start(&r);
	(void)rig_card(&r, "CARD000002", 8, false, NULL);
	got = rig_deliver(&r, &plain);
	(void)drop_run(&r, &s);
	ok(stop(&r, "CARD000009") == ST_NOT_FOUND, "no such card");
	ok(stop(&r, "CARD000002") == ST_EXISTS, "it never had a drop variant");
	ok(stop(&r, "CARD000001") == ST_OK
	    && rig_audit(&r, "\"ev\":\"stop\"") == 1, "stopped");
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r) == 0, "the drop is empty");
	ok(rig_read(&r, got.name) == ST_OK
	    && rig_open_card(&r, "CARD000001", 7)->bundles == 1,
	    "the branch's copy stays");
	ok(stop(&r, "CARD000001") == ST_EXISTS, "twice is told");
	second.key = 2;
	second.content = 2;
	(void)rig_deliver(&r, &second);
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rows(&r) == 0 && rig_audit(&r, "\"ev\":\"publish\"") == 1
	    && rig_audit(&r, "\"ev\":\"unpublish\"") == 1,
	    "and nothing leaves for it any more");
	drop_clear(&s);
	rig_close(&r);
}

static void
test_expires(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };
	struct rig_report last = plain;

	start(&r);
	(void)drop_run(&r, &s);
	for (int i = 0; i < 365; i++)	/* a day at a time: clock.h */
		rig_wait(&r, DAY_S - (i == 364));
	(void)rig_deliver(&r, &last);
	(void)drop_run(&r, &s);
	rig_wait(&r, 10);
	(void)rig_sweep(&r);
	ok(rows(&r) == 0 && s.n == 2, "expired, but a bundle is open");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	(void)drop_run(&r, &s);
	ok(s.n == 0 && rows(&r) == 0, "its end is the end of the index");
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE loc IS NULL") == 1,
	    "and of the drop variant");
	drop_clear(&s);
	rig_close(&r);
}

/* The store is down for longer than a card's afterlife. */
static void
test_card_waits_for_its_deletion(void)
{
	struct rig r;
	struct drop_store s = { .n = 0 };

	start(&r);
	(void)rig_deliver(&r, &plain);
	(void)drop_run(&r, &s);
	for (int i = 0; i < 420; i++)
		rig_wait(&r, DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM card") == 1 && rows(&r) == 2,
	    "the card stays while something of it is in the drop");
	(void)drop_run(&r, &s);
	rig_wait(&r, 700);
	(void)rig_sweep(&r);
	ok(s.n == 0 && rig_audit(&r, "\"ev\":\"unpublish\"") == 1
	    && rig_sql(&r, "SELECT count(*) FROM card") == 0,
	    "and goes after it");
	drop_clear(&s);
	rig_close(&r);
}

/* --- CARD_STORE -------------------------------------------------------------- */

static enum status
store(struct rig *r, const char *number, const struct msg_card_store *fields)
{
	static uint8_t hash[32];
	struct message m = { .id = MSG_CARD_STORE };

	m.card_store = *fields;
	m.card_store.card = span_of(number);
	m.card_store.public_key = (struct span){ r->card_key.point, 65 };
	m.card_store.token_hash = (struct span){ hash, 32 };
	m.card_store.sk = span_of("sk");
	m.card_store.trust = span_of("trust");
	m.card_store.expires_s = r->system_s + DAY_S;
	m.card_store.lang = span_of("fr");
	m.card_store.actor = span_of("tester");
	return ask_done(r, &m);
}

static void
test_card_fields(void)
{
	static uint8_t loc[32] = { 9 };
	struct rig r;
	struct msg_card_store whole = { .drop_sk = span_of("sk"),
	    .drop_trust = span_of("t"), .loc = { loc, 32 },
	    .day_code = span_of("K7QFM2XW9D"),
	    .phone = span_of("+33612345678") }, c;

	start(&r);
	ok(store(&r, "CARD000002", &whole) == ST_OK, "a whole drop variant");
	c = whole, c.drop_sk.len = 0;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "without key");
	c = whole, c.drop_trust.len = 0;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "without trust");
	c = whole, c.loc.len = 31;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "half a name");
	c = whole, c.day_code.len = 0;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "without day code");
	c = whole, c.lab = 1;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "the lab card");
	c = whole, c.is_secret = 1;
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "a minor's secret");
	c = (struct msg_card_store){ .is_secret = 1,
	    .mail = span_of("a@example.org") };
	ok(store(&r, "CARD000003", &c) == ST_INVALID, "nobody is written to");
	c = (struct msg_card_store){ .is_secret = 1 };
	ok(store(&r, "CARD000003", &c) == ST_OK && rig_sql(&r,
	    "SELECT count(*) FROM card WHERE is_secret = 1") == 1,
	    "a minor's secret with a slip alone");
	ok(rows(&r) == 2, "two cards have an index");
	rig_close(&r);
}

int
main(void)
{
	test_without_drop();
	test_first_index();
	test_published();
	test_closes();
	test_opens_later();
	test_held();
	test_never_left();
	test_corrected();
	test_outdated();
	test_damaged();
	test_rotten();
	test_freeze();
	test_stop();
	test_expires();
	test_card_waits_for_its_deletion();
	test_card_fields();
	return done_testing();
}
