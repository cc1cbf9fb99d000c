/* Who is told, once, and by which words. */
#include "vault/notice.h"

#include <stdio.h>

#include "contact_rig.h"
#include "tap.h"
#include "vault/job.h"

static enum status
add(struct vault *v, void *with)
{
	const uint64_t *opens_s = with;
	sqlite3_stmt *q = NULL;
	uint64_t card = 0;

	if (sqlite3_prepare_v2(v->db.handle, "SELECT id FROM card WHERE "
	    "number = CAST('CARD000001' AS BLOB)", -1, &q, NULL) == SQLITE_OK
	    && sqlite3_step(q) == SQLITE_ROW)
		card = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return notice_bundle(v, card, *opens_s);
}

/* What the outbox says when the index is in the drop. */
static void
tell(struct rig *r)
{
	uint64_t now = r->system_s;

	if (transaction(&r->v, add, &now) != ST_OK)
		printf("Bail out! nobody is told\n");
}

static void
in_drop(struct rig *r)
{
	(void)rig_sql(r, "UPDATE bundle SET pushed = 2 WHERE live = 1");
	tell(r);
}

static void
start(struct rig *r)
{
	rig_open(r);
	rig_wait(r, 10 * 3600);		/* ten o'clock */
	rig_patient(r);
}

static bool
waiting(struct rig *r, uint64_t sms, uint64_t mail, enum notice notice)
{
	return rig_waiting(r, CHANNEL_SMS, notice) == sms
	    && rig_waiting(r, CHANNEL_MAIL, notice) == mail;
}

/* --- one for several ------------------------------------------------------ */

static void
test_one_for_several(void)
{
	struct rig r;

	start(&r);
	ok(rig_notices(&r) == 0, "a card is no notice");
	ok(rig_result_for(&r, 1).stored == ST_OK
	    && waiting(&r, 1, 1, NOTICE_DOCUMENT) && rig_notices(&r) == 2,
	    "a result: one notice for each address");
	(void)rig_result_for(&r, 2);
	(void)rig_result_for(&r, 3);
	ok(rig_notices(&r) == 2, "three results before it leaves: one notice");
	ok(rig_sql(&r, "SELECT min(due_s) FROM outbox") >= r.system_s
	    && rig_sql(&r, "SELECT max(due_s) FROM outbox")
	    <= r.system_s + 1800, "within half an hour");
	rig_leave_all(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE told = 2") == 3,
	    "which told of all of them");
	(void)rig_result_for(&r, 4);
	ok(rig_notices(&r) == 0, "afterwards nobody has the address");
	rig_close_searched(&r);
}

static void
test_delayed(void)
{
	struct rig r;
	struct rig_report late = { .card = "CARD000001", .key = 9,
	    .patient = 1, .content = 9, .version_ms = 5 };

	start(&r);
	late.opens_s = r.system_s + 3 * DAY_S;
	(void)rig_deliver(&r, &late);
	ok(waiting(&r, 1, 1, NOTICE_DOCUMENT)
	    && rig_sql(&r, "SELECT min(due_s) FROM outbox")
	    >= late.opens_s, "opens in three days: told then, not before");
	(void)rig_result_for(&r, 1);
	ok(waiting(&r, 2, 2, NOTICE_DOCUMENT)
	    && rig_sql(&r, "SELECT min(due_s) FROM outbox")
	    <= r.system_s + 1800, "another one meanwhile: told today");
	rig_leaves(&r, CHANNEL_SMS, false);
	rig_leaves(&r, CHANNEL_MAIL, false);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE told = 2") == 1
	    && rig_sql(&r, "SELECT count(*) FROM contact") == 1,
	    "which keeps the address for the other");
	rig_wait(&r, 3 * DAY_S + 1800);
	rig_leave_all(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM contact") == 0, "and then not");
	rig_close_searched(&r);
}

static void
test_delayed_after(void)
{
	struct rig r;
	struct rig_report late = { .card = "CARD000001", .key = 9,
	    .patient = 1, .content = 9, .version_ms = 5 };

	start(&r);
	(void)rig_result_for(&r, 1);
	late.opens_s = r.system_s + 900;
	(void)rig_sql(&r, "UPDATE outbox SET due_s = made_s + 600");
	(void)rig_deliver(&r, &late);
	ok(waiting(&r, 2, 2, NOTICE_DOCUMENT)
	    && rig_sql(&r, "SELECT max(due_s) FROM outbox") >= late.opens_s,
	    "one that leaves before the next opens does not tell of it");
	rig_close_searched(&r);
}

static void
test_night(void)
{
	struct rig r;

	start(&r);
	rig_wait(&r, 12 * 3600);	/* ten at night */
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 5 * 3600);
	(void)rig_result_for(&r, 2);
	ok(rig_notices(&r) == 2 && rig_sql(&r, "SELECT min(due_s) FROM outbox")
	    >= RIG_START_S + 32 * 3600, "a night's results: one in the morning");
	ok(!notice_may_leave(&r.v), "at three nothing may leave");
	rig_wait(&r, 5 * 3600);
	ok(notice_may_leave(&r.v), "at eight it may");
	rig_close_searched(&r);
}

/* --- what is no news ------------------------------------------------------ */

static void
test_no_news(void)
{
	struct rig r;
	struct rig_report held = { .card = "CARD000001", .key = 7,
	    .patient = 1, .content = 7, .version_ms = 5,
	    .release = RELEASE_WITHHOLD, .holds = HOLD_LIST };
	struct rig_report early = { .card = "CARD000001", .key = 8,
	    .patient = 1, .content = 8, .version_ms = 5,
	    .status = BUNDLE_PRELIMINARY, .holds = HOLD_PRELIMINARY,
	    .release = RELEASE_WITHHOLD };
	struct message m = { .id = MSG_BUNDLE_RELEASE };
	struct rig_result got;

	start(&r);
	got = rig_deliver(&r, &held);
	(void)rig_deliver(&r, &early);
	ok(rig_notices(&r) == 0, "withheld, preliminary: nothing is said");
	(void)rig_result_for(&r, 1);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE told = 1") == 1,
	    "nor with another one");
	(void)rig_sql(&r, "DELETE FROM outbox");
	m.bundle_release.bundle = span_of(got.bid);
	m.bundle_release.biologist = span_of("Dr A. Martin");
	m.bundle_release.actor = span_of("uid:0");
	ok(rig_ask(&r, &m, MSG_DONE)->done.outcome == ST_OK
	    && waiting(&r, 1, 1, NOTICE_DOCUMENT), "released: told");
	rig_close_searched(&r);
}

/* The address is kept for a month, so that everything could be told. */
static void
start_kept(struct rig *r)
{
	rig_open(r);
	r->v.settings.notice.address_keep_s = 30 * DAY_S;
	rig_wait(r, 10 * 3600);
	rig_patient(r);
}

static void
test_versions(void)
{
	struct rig r;
	struct rig_report one = { .card = "CARD000001", .key = 1,
	    .patient = 1, .content = 1, .version_ms = 5 };

	start_kept(&r);
	(void)rig_deliver(&r, &one);
	rig_leave_all(&r);
	one.version_ms = 6;
	(void)rig_deliver(&r, &one);
	ok(rig_notices(&r) == 0, "the same content again: no second notice");
	one.content = 2;
	one.version_ms = 7;
	one.status = BUNDLE_CORRECTED;
	(void)rig_deliver(&r, &one);
	ok(waiting(&r, 1, 1, NOTICE_DOCUMENT), "a correction: told");
	one.content = 3;
	one.version_ms = 8;
	(void)rig_deliver(&r, &one);
	ok(waiting(&r, 1, 1, NOTICE_DOCUMENT), "corrected again before: once");
	rig_leave_all(&r);
	(void)rig_sql(&r, "UPDATE bundle SET damaged = 1 WHERE live = 1");
	one.version_ms = 9;
	ok(rig_deliver(&r, &one).opened == ST_OK && rig_notices(&r) == 0,
	    "what was damaged, sent again: no second notice");
	rig_close_searched(&r);
}

static void
test_taken_back(void)
{
	struct rig r;
	struct rig_report one = { .card = "CARD000001", .key = 1,
	    .patient = 1, .content = 1, .version_ms = 5 };

	start(&r);
	(void)rig_deliver(&r, &one);
	one.release = RELEASE_WITHDRAW;
	one.version_ms = 6;
	(void)rig_deliver(&r, &one);
	ok(rig_notices(&r) == 0 && rig_alarms(&r, ALARM_UNTOLD) == 0,
	    "withdrawn before it left: no notice about nothing, no alarm");
	ok(rig_sql(&r, "SELECT count(*) FROM contact") == 1,
	    "the address waits for what comes instead");
	(void)rig_result_for(&r, 2);
	ok(waiting(&r, 1, 1, NOTICE_DOCUMENT), "which is told");
	rig_close_searched(&r);
}

/* --- the drop ------------------------------------------------------------- */

static void
test_day_code(void)
{
	struct rig r;
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL, .day_code = RIG_DAY_CODE };

	rig_open(&r);
	r.v.settings.notice.address_keep_s = 30 * DAY_S;
	rig_wait(&r, 10 * 3600);
	ok(rig_contact(&r, &c) == ST_OK, "a card for the drop");
	(void)rig_result_for(&r, 1);
	ok(rig_notices(&r) == 0, "before the drop has it nothing is said");
	in_drop(&r);
	ok(rig_waiting(&r, CHANNEL_SMS, NOTICE_DAY_CODE) == 1
	    && rig_waiting(&r, CHANNEL_MAIL, NOTICE_DOCUMENT) == 1
	    && rig_notices(&r) == 2,
	    "then: the day code by SMS, a mail without it");
	(void)rig_result_for(&r, 3);
	tell(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE told = 0") == 1,
	    "what the drop has not got yet is not told");
	rig_leaves(&r, CHANNEL_SMS, false);
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE day_code IS NOT NULL")
	    == 0, "sent: the day code is erased");
	rig_leaves(&r, CHANNEL_MAIL, false);
	(void)rig_result_for(&r, 2);
	in_drop(&r);
	ok(waiting(&r, 1, 1, NOTICE_DOCUMENT), "the next: just a document");
	rig_close_searched(&r);
}

static void
test_day_code_refused(void)
{
	struct rig r;
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL, .day_code = RIG_DAY_CODE };

	rig_open(&r);
	(void)rig_contact(&r, &c);
	(void)rig_result_for(&r, 1);
	in_drop(&r);
	rig_leaves(&r, CHANNEL_SMS, true);
	ok(rig_alarms(&r, ALARM_REFUSED) == 1, "a number that takes none: alarm");
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE day_code IS NOT NULL")
	    == 0 && rig_sql(&r, "SELECT count(*) FROM contact WHERE phone IS"
	    " NOT NULL") == 0, "day code and number are erased");
	ok(rig_waiting(&r, CHANNEL_MAIL, NOTICE_DOCUMENT) == 1,
	    "the mail goes all the same");
	rig_leave_all(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM contact") == 0, "and then its address");
	rig_close_searched(&r);
}

static void
test_impossible_cards(void)
{
	struct rig r;
	struct rig_contact no_phone = { .card = "CARD000001",
	    .mail = RIG_MAIL, .day_code = RIG_DAY_CODE };
	struct rig_contact minor = { .card = "CARD000001",
	    .phone = RIG_PHONE, .is_secret = true };
	struct rig_contact lab = { .card = "CARD000001",
	    .mail = RIG_MAIL, .lab = true };
	struct rig_contact words = { .card = "CARD000001",
	    .phone = RIG_PHONE, .lang = "de" };
	static const char *const phones[] = { "+", "+12345", "0612345678",
	    "+33 6123456", "+3361234567a" };
	static const char *const mails[] = { "a", "a@", "a@b\r\nRCPT TO:<c@d>",
	    "a b@c.example", "a@b@c.example" };
	unsigned refused = 0;

	rig_open(&r);
	ok(rig_contact(&r, &no_phone) == ST_INVALID,
	    "a drop variant without a telephone");
	ok(rig_contact(&r, &minor) == ST_INVALID, "a minor's secret: no address");
	ok(rig_contact(&r, &lab) == ST_INVALID, "nor the lab's card");
	ok(rig_contact(&r, &words) == ST_INVALID, "no words in that language");
	for (size_t i = 0; i < COUNT(phones); i++) {
		struct rig_contact c = { "CARD000001", .phone = phones[i] };

		refused += rig_contact(&r, &c) == ST_INVALID;
	}
	for (size_t i = 0; i < COUNT(mails); i++) {
		struct rig_contact c = { "CARD000001", .mail = mails[i] };

		refused += rig_contact(&r, &c) == ST_INVALID;
	}
	ok(refused == COUNT(phones) + COUNT(mails), "what is no address");
	r.v.settings.notice.has_sms = false;
	no_phone.phone = RIG_PHONE;
	ok(rig_contact(&r, &no_phone) == ST_INVALID,
	    "a drop variant where nothing sends SMS");
	ok(rig_sql(&r, "SELECT (SELECT count(*) FROM card)"
	    " + (SELECT count(*) FROM contact)") == 0, "nothing is kept of them");
	rig_close_searched(&r);
}

static void
test_no_channel(void)
{
	struct rig r;
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL };
	struct rig_contact drop = { .card = "CARD000002", .phone = RIG_PHONE,
	    .day_code = RIG_DAY_CODE };

	rig_open(&r);
	r.v.settings.notice.has_sms = false;
	ok(rig_contact(&r, &c) == ST_OK
	    && rig_sql(&r, "SELECT count(*) FROM contact WHERE phone IS NULL")
	    == 1, "no SMS: no number is kept");
	(void)rig_result_for(&r, 1);
	ok(waiting(&r, 0, 1, NOTICE_DOCUMENT), "and a mail is sent");
	rig_close_searched(&r);
	rig_open(&r);
	r.v.settings.notice.has_sms = r.v.settings.notice.has_mail = false;
	ok(rig_contact(&r, &c) == ST_OK
	    && rig_sql(&r, "SELECT count(*) FROM contact") == 0,
	    "neither: no address is kept");
	rig_close_searched(&r);
	rig_open(&r);
	drop.card = "CARD000001";
	(void)rig_contact(&r, &drop);
	r.v.settings.notice.has_sms = false;
	(void)rig_result_for(&r, 1);
	in_drop(&r);
	ok(rig_alarms(&r, ALARM_REFUSED) == 1 && rig_notices(&r) == 0
	    && rig_sql(&r, "SELECT count(*) FROM contact") == 0
	    && rig_sql(&r, "SELECT count(*) FROM card WHERE day_code IS NOT"
	    " NULL") == 0, "SMS went meanwhile: an alarm, and all is erased");
	rig_close_searched(&r);
}

/* --- call back ------------------------------------------------------------ */

static uint64_t
call(struct rig *r, const char *card)
{
	struct message m = { .id = MSG_CARD_CALL };

	m.card_call.card = span_of(card);
	m.card_call.actor = span_of("uid:1007");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

static void
test_call_back(void)
{
	struct rig r;

	start(&r);
	ok(call(&r, "CARD000001") == ST_UNSUPPORTED, "off: not done");
	r.v.settings.notice.call_back = true;
	ok(call(&r, "CARD000009") == ST_NOT_FOUND, "no such card");
	ok(call(&r, "CARD000001") == ST_OK && waiting(&r, 1, 1,
	    NOTICE_CALL_BACK) && rig_audit(&r, "\"ev\":\"call\"") == 1
	    && rig_audit(&r, "uid:1007") == 1, "asked: by who, on record");
	ok(call(&r, "CARD000001") == ST_OK && rig_notices(&r) == 2,
	    "asked twice before it left: once");
	rig_leave_all(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM contact") == 1,
	    "the address stays for the result");
	(void)rig_result_for(&r, 1);
	ok(rig_notices(&r) == 2, "which is told");
	rig_leave_all(&r);
	ok(call(&r, "CARD000001") == ST_EXPIRED, "then there is no address");
	rig_close_searched(&r);
	start(&r);
	r.v.settings.notice.call_back = true;
	(void)rig_result_for(&r, 1);
	(void)call(&r, "CARD000001");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(waiting(&r, 0, 0, NOTICE_DOCUMENT) && waiting(&r, 1, 1,
	    NOTICE_CALL_BACK), "a result closed: the call back stays");
	rig_leave_all(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM contact") == 0,
	    "and is the last there is to say");
	rig_close_searched(&r);
}

/* One in fifty says the same without a reason: 2,000 of them. */
static void
test_cover(void)
{
	enum { CARDS = 1000 };
	struct rig r;
	uint64_t covers = 0, codes = 0, beside = 0;

	rig_open(&r);
	r.v.settings.notice.call_back = true;
	for (unsigned i = 0; i < CARDS; i++) {
		bool drop = i % 2 == 0;
		struct rig_contact c = { .card = "CARD000001",
		    .phone = RIG_PHONE,
		    .day_code = drop ? RIG_DAY_CODE : NULL };

		(void)rig_sql(&r, "UPDATE card SET number = CAST(printf("
		    "'X%09d', id) AS BLOB), loc = NULL, state = 1");
		(void)rig_contact(&r, &c);
		(void)rig_sql(&r, "DELETE FROM report");
		(void)rig_result_for(&r, (uint8_t)(1 + i % 200));
		rig_forget(&r);
		if (drop) {
			in_drop(&r);
			codes += rig_waiting(&r, CHANNEL_SMS, NOTICE_DAY_CODE);
			beside += rig_waiting(&r, CHANNEL_SMS,
			    NOTICE_CALL_BACK);
		} else
			covers += rig_waiting(&r, CHANNEL_SMS,
			    NOTICE_CALL_BACK);
		(void)rig_sql(&r, "DELETE FROM outbox");
	}
	ok(codes == CARDS / 2, "every day code is sent");
	ok(covers >= 1 && covers <= 35 && beside >= 1 && beside <= 35,
	    "one in fifty says call back (%llu), or has one beside it (%llu)",
	    (unsigned long long)covers, (unsigned long long)beside);
	rig_close_searched(&r);
}

/* --- filling -------------------------------------------------------------- */

static enum status
fill(struct rig *r, enum outbox_channel channel, enum notice notice,
    struct notice_words *words, struct msg_outbox_job *job)
{
	*job = (struct msg_outbox_job){ .notice = (uint64_t)notice };
	return notice_fill(&r->v, channel, rig_sql(r, "SELECT id FROM card"),
	    words, job);
}

static void
test_fill(void)
{
	struct rig r;
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL, .day_code = RIG_DAY_CODE, .lang = "en" };
	struct notice_words words;
	struct msg_outbox_job job;

	rig_open(&r);
	(void)rig_contact(&r, &c);
	ok(fill(&r, CHANNEL_SMS, NOTICE_DAY_CODE, &words, &job) == ST_OK
	    && span_is(job.address, RIG_PHONE) && span_is(job.lang, "en")
	    && span_is(job.day_code, RIG_DAY_CODE), "an SMS with the day code");
	ok(fill(&r, CHANNEL_MAIL, NOTICE_DOCUMENT, &words, &job) == ST_OK
	    && span_is(job.address, RIG_MAIL) && job.day_code.len == 0,
	    "a mail has none");
	ok(fill(&r, CHANNEL_SMS, NOTICE_CALL_BACK, &words, &job) == ST_OK
	    && job.day_code.len == 0, "nor has another SMS");
	ok(fill(&r, CHANNEL_MAIL, NOTICE_DAY_CODE, &words, &job)
	    == ST_NOT_FOUND && job.day_code.len == 0
	    && job.address.len == 0, "a day code never goes by mail");
	(void)rig_sql(&r, "UPDATE contact SET phone = zeroblob(300)");
	ok(fill(&r, CHANNEL_SMS, NOTICE_DOCUMENT, &words, &job)
	    == ST_NOT_FOUND, "stored bytes of a wrong length do not leave");
	(void)rig_sql(&r, "DELETE FROM contact");
	ok(fill(&r, CHANNEL_SMS, NOTICE_DOCUMENT, &words, &job)
	    == ST_NOT_FOUND, "no address: no notice");
	rig_close_searched(&r);
}

int
main(void)
{
	rig_listen();
	test_one_for_several();
	test_delayed();
	test_delayed_after();
	test_night();
	test_no_news();
	test_versions();
	test_taken_back();
	test_day_code();
	test_day_code_refused();
	test_impossible_cards();
	test_no_channel();
	test_call_back();
	test_cover();
	test_fill();
	ok(rig_leaks() == 0, "no planted address or code in a record, a log "
	    "line or another table");
	return done_testing();
}
