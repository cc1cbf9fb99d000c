/* Whose card it is, which clock opens, what one delivery knows of itself. */
#include "vault/delivery.h"

#include "tap.h"
#include "vault_rig.h"

static const struct rig_report plain = { .card = "CARD000001", .key = 1,
    .patient = 1, .content = 1, .version_ms = 5 };

static void
start(struct rig *r)
{
	rig_open(r);
	(void)rig_card(r, "CARD000001", 7, false, NULL);
}

static struct rig_report
of(uint8_t key, uint8_t patient)
{
	struct rig_report report = plain;

	report.key = key;
	report.patient = patient;
	return report;
}

/* Opens another report in the delivery of `a`. */
static enum status
open_more(struct rig *r, const struct rig_result *a, uint64_t number,
    const struct rig_report *report)
{
	struct message m = { .id = MSG_REPORT_OPEN };
	struct msg_report_open *o = &m.report_open;
	uint8_t key[32], patient[32], content[32], lines[8 * RIG_LINES_MAX];

	memset(key, report->key, 32);
	memset(patient, report->patient, 32);
	memset(content, report->content, 32);
	o->delivery = a->delivery;
	o->report = number;
	o->card = span_of(report->card);
	o->report_key = (struct span){ key, 32 };
	o->patient = o->traits = (struct span){ patient, 32 };
	o->content = (struct span){ content, 32 };
	o->version_ms = report->version_ms;
	o->release = (uint64_t)report->release;
	o->lines = rig_lines(report->lines, lines, &o->snapshot);
	return (enum status)rig_ask(r, &m, MSG_REPORT_OPENED)
	    ->report_opened.outcome;
}

/* --- whose card it is ---------------------------------------------------- */

static void
test_wrong_slip(void)
{
	struct rig r;
	struct rig_report one = of(1, 1), other = of(2, 2), more = of(3, 1);
	struct rig_result a, b;

	start(&r);
	a = rig_deliver(&r, &one);
	b = rig_deliver(&r, &other);
	ok(b.opened == ST_DENIED && b.stored == ST_OK,
	    "another patient's report on the same slip is quarantined");
	ok(rig_open_card(&r, "CARD000001", 7)->bundles == 1
	    && rig_read(&r, a.name) == ST_OK, "the first one's stays");
	ok(rig_audit(&r, "\"ev\":\"quarantine\"") == 1
	    && rig_audit(&r, "\"card\":\"c:") == 1, "the log names the card");
	rig_reopen(&r, true);
	ok(rig_deliver(&r, &other).opened == ST_DENIED, "after a restart, too");
	ok(rig_deliver(&r, &more).stored == ST_OK,
	    "more of the first patient is taken");
	rig_close(&r);
}

static void
test_wrong_slip_in_flight(void)
{
	struct rig r;
	struct rig_report one = of(1, 1), other = of(2, 2), third = of(3, 2);
	struct rig_result a, b;

	start(&r);
	a = rig_begin(&r, &one);
	rig_seal(&r, &one, &a);
	b = rig_begin(&r, &other);
	ok(a.opened == ST_OK && b.opened == ST_DENIED,
	    "in two deliveries on their way");
	ok(open_more(&r, &a, 1, &third) == ST_DENIED, "in one delivery");
	rig_close(&r);
}

/* What decides is the row, when it is written. */
static void
test_card_is_checked_at_commit(void)
{
	struct rig r;
	struct rig_report one = of(1, 1);
	struct rig_result a;

	start(&r);
	a = rig_begin(&r, &one);
	rig_seal(&r, &one, &a);
	(void)rig_sql(&r, "UPDATE card SET patient = zeroblob(32)");
	rig_forget(&r);
	rig_take_commit(&r, a.delivery);
	(void)vault_turn(&r.v);
	ok(rig_answer(&r, MSG_DELIVERY_STORED, 0)->delivery_stored.outcome
	    == ST_INVALID, "a card that became another's takes nothing");
	rig_close(&r);
}

static void
test_lab_card_is_everybodys(void)
{
	struct rig r;
	struct rig_report one = of(1, 1), other = of(2, 2);

	rig_open(&r);
	(void)rig_card(&r, "LABCARD001", 9, true, NULL);
	one.card = other.card = NULL;
	ok(rig_deliver(&r, &one).stored == ST_OK
	    && rig_deliver(&r, &other).opened == ST_OK,
	    "the lab's card takes every patient");
	ok(rig_sql(&r, "SELECT count(*) FROM card WHERE patient IS NOT NULL")
	    == 0, "and remembers none");
	rig_close(&r);
}

/* --- a clock that is ahead ------------------------------------------------ */

static void
test_clock_ahead(uint64_t days)
{
	struct rig r;
	struct rig_report report = plain, tomorrow = of(2, 1);
	struct rig_result a, b;

	start(&r);
	r.system_s += days * DAY_S;
	vault_tick(&r.v);
	ok(r.v.clock.hi_s > r.v.clock.lo_s + DAY_S, "%u days ahead",
	    (unsigned)days);
	a = rig_deliver(&r, &report);
	ok(a.stored == ST_OK && !a.lab && rig_read(&r, a.name) == ST_OK,
	    "a new result is sealed to its card and open");
	tomorrow.opens_s = r.v.clock.lo_s + DAY_S;
	b = rig_deliver(&r, &tomorrow);
	ok(rig_read(&r, b.name) == ST_NOT_FOUND,
	    "one that opens later does not open by the wrong clock");
	r.system_s = r.v.clock.lo_s;
	vault_tick(&r.v);
	ok(rig_read(&r, a.name) == ST_OK, "the clock is put right: still open");
	rig_wait(&r, RIG_WINDOW_S);
	ok(rig_read(&r, a.name) == ST_NOT_FOUND,
	    "closed after its window by the powered-on counter");
	rig_close(&r);
}

/* --- one delivery ----------------------------------------------------------- */

static void
test_quarantine_lasts(void)
{
	struct rig r;
	struct rig_report one = plain, other = plain, third = plain;
	struct rig_result a;

	start(&r);
	(void)rig_deliver(&r, &one);
	other.patient = 2;
	other.version_ms = 6;
	third.version_ms = 7;
	third.content = 3;
	a = rig_begin(&r, &other);
	ok(a.opened == ST_DENIED, "quarantined");
	ok(open_more(&r, &a, 1, &third) == ST_DENIED,
	    "a later report of the same message does not end it");
	rig_forget(&r);
	rig_take_commit(&r, a.delivery);
	(void)vault_turn(&r.v);
	ok(rig_sql(&r, "SELECT state FROM report") == REPORT_QUARANTINED
	    && rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 0,
	    "as it is stored");
	rig_close(&r);
}

static void
test_withdrawn_and_back(void)
{
	struct rig r;
	struct rig_report one = plain, gone = plain, back = plain;
	struct rig_result a;

	start(&r);
	(void)rig_deliver(&r, &one);
	gone.release = RELEASE_WITHDRAW;
	gone.version_ms = 6;
	back.version_ms = 7;
	a = rig_begin(&r, &gone);
	ok(a.opened == ST_EXISTS, "withdrawn");
	ok(open_more(&r, &a, 1, &back) == ST_OK,
	    "the same content in the same message comes back");
	back.version_ms = 5;
	ok(open_more(&r, &a, 2, &back) == ST_EXPIRED, "an older one does not");
	rig_close(&r);
}

int
main(void)
{
	test_wrong_slip();
	test_wrong_slip_in_flight();
	test_card_is_checked_at_commit();
	test_lab_card_is_everybodys();
	test_clock_ahead(10);
	test_clock_ahead(1000);
	test_quarantine_lasts();
	test_withdrawn_and_back();
	return done_testing();
}
