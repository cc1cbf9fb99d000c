#include "vault/pickup.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 1000, .size = 300000 };

static void
test_refusals_are_one(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_FREEZE };
	const struct msg_card_opened *o;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "CARD000002", 7, false, NULL);
	(void)rig_deliver(&r, &plain);
	o = rig_open_card(&r, "CARD000001", 7);
	ok(o->outcome == ST_OK && span_is(o->sk, "sealed-private-key")
	    && span_is(o->trust, "sealed-trust") && o->bundles == 1,
	    "the right token gets the blobs");
	ok(span_is(rig_answer(&r, MSG_CARD_BUNDLE, 0)->card_bundle.envelope,
	    "an-envelope-that-only-a-card-opens"), "and the envelope");
	ok(rig_open_card(&r, "CARD000001", 8)->outcome == ST_NOT_FOUND,
	    "a wrong token");
	ok(rig_open_card(&r, "NOSUCHCARD", 7)->outcome == ST_NOT_FOUND,
	    "an unknown card");
	ok(rig_open_card(&r, "CARD000002", 7)->outcome == ST_NOT_FOUND,
	    "a card with nothing yet");
	o = rig_open_card(&r, "CARD000002", 7);
	ok(o->sk.len == 0 && o->bundles == 0 && o->retry_after_s == 0,
	    "tell nothing apart");
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "nor does a frozen card");
	ok(rig_audit(&r, "\"ev\":\"open\"") == 6, "every attempt is recorded");
	ok(rig_audit(&r, "CARD00000") == 0, "never with a card's number");
	ok(rig_audit(&r, "192.168") == 0 && rig_audit(&r, "\"net\":\"lan\"")
	    == 6, "nor with an address");
	rig_close(&r);
}

static void
test_object_needs_its_card(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_FREEZE };
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	ok(rig_read(&r, got.name) == ST_OK, "by name");
	got.name[31] ^= 1;
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "one bit off");
	got.name[31] ^= 1;
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("tester");
	(void)rig_ask(&r, &m, MSG_DONE);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND, "of a frozen card");
	rig_close(&r);
}

static struct message
read_at(const uint8_t *name, uint64_t offset)
{
	static const uint8_t peer[16];
	struct message m = { .id = MSG_OBJECT_READ };

	m.object_read.request = 5;
	m.object_read.name = (struct span){ name, 32 };
	m.object_read.offset = offset;
	m.object_read.peer = (struct span){ peer, 16 };
	return m;
}

/* The record comes first, also for who skips the beginning. */
static void
test_record_before_bytes(void)
{
	struct rig r;
	struct rig_result got;
	struct message m;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	m = read_at(got.name, 131072);
	rig_forget(&r);
	rig_take(&r, &m);
	ok(r.n_answers == 0, "no byte before the commit");
	(void)vault_turn(&r.v);
	ok(rig_audit(&r, "\"ev\":\"read\"") == 1 && r.n_answers == 1,
	    "the middle of an object is recorded, too");
	rig_forget(&r);
	rig_take(&r, &m);
	ok(r.n_answers == 1, "its next part is not another read");
	m = read_at(got.name, 0);
	(void)rig_ask(&r, &m, MSG_OBJECT_DATA);
	ok(rig_audit(&r, "\"ev\":\"read\"") == 2
	    && rig_sql(&r, "SELECT reads FROM bundle") == 2,
	    "from the start is");
	m = read_at(got.name, 300000);
	ok(rig_ask(&r, &m, MSG_OBJECT_DATA)->object_data.data.len == 0,
	    "the end is the end");
	m = read_at(got.name, 300001);
	ok(rig_ask(&r, &m, MSG_OBJECT_DATA)->object_data.outcome
	    == ST_NOT_FOUND, "beyond it is nothing");
	rig_close(&r);
}

static void
test_full_channel(void)
{
	struct rig r;
	struct rig_result got;
	struct message m;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	r.is_full = true;
	rig_forget(&r);
	for (size_t i = 0; i < 5; i++) {
		m = read_at(got.name, 0);
		rig_take(&r, &m);
	}
	(void)vault_turn(&r.v);
	ok(r.n_answers == 0, "a full channel gets no bulk");
	r.is_full = false;
	vault_drained(&r.v);
	ok(rig_count(&r, MSG_OBJECT_DATA) == 5, "when it drains, it does");
	rig_close(&r);
}

static void
test_time_not_known(void)
{
	struct rig r;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	got = rig_deliver(&r, &plain);
	r.system_s = 1000;		/* a power loss, offline */
	memcpy(r.settings.boot_id, "another boot", 12);
	rig_reopen(&r, false);
	ok(r.v.clock.quality == CLOCK_Q1, "only the floor is known");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_BUSY
	    && rig_read(&r, got.name) == ST_BUSY, "patients have to wait");
	r.system_s = RIG_START_S + 100;
	vault_tick(&r.v);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_OK,
	    "until the clock is right");
	rig_close(&r);
}

static void
test_lab_card(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got, moved;

	rig_open(&r);
	(void)rig_card(&r, "LABCARD001", 9, true, NULL);
	report.card = NULL;
	got = rig_deliver(&r, &report);
	ok(got.stored == ST_OK && got.lab, "no card: to the lab card");
	ok(rig_open_card(&r, "LABCARD001", 9)->bundles == 1, "it opens");
	(void)rig_card(&r, "CARD000001", 7, false, "ORDER-1");
	report.order = "ORDER-1";
	report.version_ms++;
	moved = rig_deliver(&r, &report);
	ok(moved.stored == ST_OK && !moved.lab
	    && strcmp(moved.card, "CARD000001") == 0,
	    "sent again with an order: to the patient's card");
	ok(rig_read(&r, got.name) == ST_NOT_FOUND
	    && rig_read(&r, moved.name) == ST_OK, "and no longer to the lab's");
	report.order = NULL;
	report.content = 2;
	report.version_ms++;
	got = rig_deliver(&r, &report);
	ok(strcmp(got.card, "CARD000001") == 0,
	    "a correction without a card finds the report's card");
	report.key = 2;
	got = rig_deliver(&r, &report);
	rig_wait(&r, 3 * DAY_S);
	ok(rig_read(&r, got.name) == ST_NOT_FOUND,
	    "the lab's window is 72 hours");
	rig_close(&r);
}

/* Results go to a card for a year; what went there can be fetched for a
 * month more. */
static void
test_card_expires(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	(void)rig_card(&r, "LABCARD001", 9, true, NULL);
	rig_wait(&r, 365 * DAY_S - 1);
	got = rig_deliver(&r, &report);
	ok(strcmp(got.card, "CARD000001") == 0, "on its last second");
	rig_wait(&r, 1);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_OK
	    && rig_read(&r, got.name) == ST_OK, "expired, it still opens");
	report.key = 2;
	got = rig_deliver(&r, &report);
	ok(got.opened == ST_NOT_FOUND, "but takes nothing new");
	rig_wait(&r, 30 * DAY_S - 1);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_OK,
	    "for a month");
	rig_wait(&r, 1);
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "and no longer");
	rig_close(&r);
}

/* Whatever intake says about its release. */
static void
test_preliminary_is_never_shown(void)
{
	struct rig r;
	struct rig_report report = plain;
	struct rig_result got;

	rig_open(&r);
	(void)rig_card(&r, "CARD000001", 7, false, NULL);
	report.status = BUNDLE_PRELIMINARY;
	got = rig_deliver(&r, &report);
	ok(got.stored == ST_OK && rig_read(&r, got.name) == ST_NOT_FOUND,
	    "a preliminary object is nobody's");
	ok(rig_open_card(&r, "CARD000001", 7)->outcome == ST_NOT_FOUND,
	    "and on no list");
	rig_close(&r);
}

int
main(void)
{
	test_card_expires();
	test_preliminary_is_never_shown();
	test_refusals_are_one();
	test_object_needs_its_card();
	test_record_before_bytes();
	test_full_channel();
	test_time_not_known();
	test_lab_card();
	return done_testing();
}
