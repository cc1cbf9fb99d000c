/* How long an address is known, and that it is gone afterwards. */
#include "vault/contact.h"

#include <stdio.h>

#include "contact_rig.h"
#include "tap.h"

/* A card for the drop, with both addresses. */
static void
start(struct rig *r, uint64_t keep_s)
{
	struct rig_contact c = { .card = "CARD000001", .phone = RIG_PHONE,
	    .mail = RIG_MAIL, .day_code = RIG_DAY_CODE };

	rig_open(r);
	r->v.settings.notice.address_keep_s = keep_s;
	r->settings.notice.address_keep_s = keep_s;
	rig_wait(r, 10 * 3600);
	if (rig_contact(r, &c) != ST_OK)
		printf("Bail out! no card\n");
}

/* The same on the branch's page only. */
static void
start_branch(struct rig *r, uint64_t keep_s)
{
	rig_open(r);
	r->v.settings.notice.address_keep_s = keep_s;
	r->settings.notice.address_keep_s = keep_s;
	rig_wait(r, 10 * 3600);
	rig_patient(r);
}

/* Everything that is due leaves: objects, the index, notices. */
static void
all_leave(struct rig *r)
{
	const struct msg_outbox_job *job;

	for (int c = 0; c < CHANNEL_COUNT; c++) {
		while ((job = rig_job(r, (enum outbox_channel)c)) != NULL)
			rig_job_done(r, job->job, OUTCOME_DONE);
	}
}

static uint64_t
contacts(struct rig *r)
{
	return rig_sql(r, "SELECT count(*) FROM contact");
}

static bool
has_code(struct rig *r)
{
	return rig_sql(r, "SELECT count(*) FROM card WHERE day_code IS NOT"
	    " NULL") > 0;
}

static size_t
on_disk(struct rig *r)
{
	return rig_pages_with(r, RIG_PHONE) + rig_pages_with(r, RIG_MAIL)
	    + rig_pages_with(r, RIG_DAY_CODE);
}

/* After the next sweep nothing of it is in any page, free or not, nor in the
 * journal. */
static void
is_gone(struct rig *r, const char *when)
{
	(void)rig_sweep(r);
	ok(contacts(r) == 0 && !has_code(r) && rig_notices(r) == 0,
	    "%s: no address, no day code, nothing waits", when);
	ok(on_disk(r) == 0, "%s: nor in any page or the journal", when);
	ok(rig_audit(r, "\"ev\":\"forget\"") > 0, "%s: on record", when);
}

/* --- sent ----------------------------------------------------------------- */

static void
test_sent(void)
{
	struct rig r;

	start(&r, 0);
	ok(contacts(&r) == 1 && has_code(&r) && on_disk(&r) > 0,
	    "a card's addresses and day code are stored");
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	rig_wait(&r, 1800);
	ok(rig_pages_with(&r, RIG_DAY_CODE) > 0, "until it is sent the day "
	    "code is there");
	all_leave(&r);
	is_gone(&r, "sent");
	ok(rig_audit(&r, "\"why\":\"sent\"") == 1, "sent: that is why");
	rig_close_searched(&r);
}

static void
test_sent_one_by_one(void)
{
	struct rig r;
	const struct msg_outbox_job *job;

	start(&r, 0);
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	rig_wait(&r, 1800);
	job = rig_job(&r, CHANNEL_SMS);
	ok(job != NULL && job->notice == NOTICE_DAY_CODE
	    && span_is(job->address, RIG_PHONE)
	    && span_is(job->day_code, RIG_DAY_CODE), "the day code leaves");
	rig_job_done(&r, job->job, OUTCOME_DONE);
	(void)rig_sweep(&r);
	ok(!has_code(&r) && rig_pages_with(&r, RIG_DAY_CODE) == 0
	    && contacts(&r) == 1, "and is erased, also while a mail waits");
	job = rig_job(&r, CHANNEL_MAIL);
	ok(job != NULL && span_is(job->address, RIG_MAIL)
	    && job->day_code.len == 0, "the mail leaves");
	rig_job_done(&r, job->job, OUTCOME_DONE);
	is_gone(&r, "the last one");
	rig_close_searched(&r);
}

static void
test_kept(void)
{
	struct rig r;

	start_branch(&r, 10 * DAY_S);
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 1800);
	all_leave(&r);
	rig_wait(&r, 9 * DAY_S);
	(void)rig_sweep(&r);
	ok(contacts(&r) == 1, "notice.address_keep: kept after a notice");
	(void)rig_result_for(&r, 2);
	rig_wait(&r, 2 * DAY_S);
	(void)rig_sweep(&r);
	ok(contacts(&r) == 1 && rig_notices(&r) == 2,
	    "while the next one waits it stays");
	all_leave(&r);
	rig_wait(&r, 10 * DAY_S - 1);
	(void)rig_sweep(&r);
	ok(contacts(&r) == 1, "ten days from the last");
	rig_wait(&r, 1);
	is_gone(&r, "kept long enough");
	rig_close_searched(&r);
}

/* --- its card ends -------------------------------------------------------- */

static void
test_frozen(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_FREEZE };

	start(&r, 0);
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("uid:0");
	ok(rig_notices(&r) == 2 && rig_ask(&r, &m, MSG_DONE)->done.outcome
	    == ST_OK, "frozen while two wait");
	is_gone(&r, "frozen");
	ok(rig_sql(&r, "SELECT count(*) FROM alarm") == 0,
	    "frozen: no alarm, the desk did it");
	rig_close_searched(&r);
}

static void
test_stopped(void)
{
	struct rig r;
	struct message m = { .id = MSG_DROP_STOP };

	start(&r, 0);
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	m.drop_stop.card = span_of("CARD000001");
	m.drop_stop.actor = span_of("uid:0");
	ok(rig_ask(&r, &m, MSG_DONE)->done.outcome == ST_OK, "stopped");
	is_gone(&r, "stopped");
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rig_alarms(&r, ALARM_UNTOLD) == 0, "nor is it an alarm later");
	rig_close_searched(&r);
}

static void
test_expired(void)
{
	struct rig r;

	start(&r, 0);
	rig_wait(&r, 364 * DAY_S);
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	rig_wait(&r, DAY_S - 1);
	(void)rig_sweep(&r);
	ok(contacts(&r) == 1 && rig_notices(&r) == 2, "the last second");
	rig_wait(&r, 1);
	is_gone(&r, "the card expired");
	ok(rig_alarms(&r, ALARM_UNTOLD) == 1, "and somebody was not told: alarm");
	rig_close_searched(&r);
}

/* --- its windows close ---------------------------------------------------- */

/* A02: within a quarter of an hour. */
static void
test_closed(void)
{
	struct rig r;

	start_branch(&r, 0);
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 3600);
	(void)rig_result_for(&r, 2);
	rig_wait(&r, RIG_WINDOW_S - 3600);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM bundle WHERE live = 1") == 1
	    && contacts(&r) == 1, "one window closed, one is open: it stays");
	ok(rig_alarms(&r, ALARM_UNTOLD) == 1, "closed before anybody was told: alarm");
	rig_wait(&r, 3600);
	is_gone(&r, "the last window closed");
	ok(rig_alarms(&r, ALARM_UNTOLD) == 2, "told to the desk, twice");
	rig_close_searched(&r);
}

/* Nobody was ever told: the result was withheld until its window closed. */
static void
test_closed_held(void)
{
	struct rig r;
	struct rig_report held = { .card = "CARD000001", .key = 7,
	    .patient = 1, .content = 7, .version_ms = 5,
	    .release = RELEASE_WITHHOLD, .holds = HOLD_LIST };

	start_branch(&r, 0);
	(void)rig_deliver(&r, &held);
	for (int i = 0; i < 60 && contacts(&r) == 1; i++) {
		rig_wait(&r, 7 * DAY_S);
		(void)rig_sweep(&r);
	}
	is_gone(&r, "a withheld one closed");
	ok(rig_alarms(&r, ALARM_UNTOLD) == 0, "of which nobody is told");
	rig_close_searched(&r);
}

static void
test_clock(void)
{
	struct rig r;

	start_branch(&r, 0);
	r.v.clock.quality = CLOCK_Q1;
	r.v.clock.lo_s += 400 * DAY_S;
	ok(notice_sweep(&r.v) == ST_OK && contacts(&r) == 1,
	    "without a clock nothing is erased by the time");
	rig_close_searched(&r);
}

/* --- restarts ------------------------------------------------------------- */

static void
test_restart(void)
{
	struct rig r;
	const struct msg_outbox_job *job;
	uint8_t reference[22];

	start(&r, 0);
	rig_reopen(&r, true);
	ok(contacts(&r) == 1 && has_code(&r), "a kill: the addresses are there");
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	rig_wait(&r, 1800);
	job = rig_job(&r, CHANNEL_SMS);
	ok(job != NULL && job->reference.len == 22, "taken by the courier");
	memcpy(reference, job->reference.ptr, 22);
	rig_reopen(&r, true);		/* and never heard of again */
	rig_wait(&r, 1);
	job = rig_job(&r, CHANNEL_SMS);
	ok(job != NULL && memcmp(job->reference.ptr, reference, 22) == 0
	    && span_is(job->day_code, RIG_DAY_CODE),
	    "killed before it was reported: the same one again");
	rig_job_done(&r, job->job, OUTCOME_DONE);
	rig_reopen(&r, true);
	ok(!has_code(&r) && rig_notices(&r) == 1,
	    "killed after: it is not sent a third time");
	all_leave(&r);
	rig_reopen(&r, true);
	is_gone(&r, "killed before the sweep");
	rig_close_searched(&r);
}

/* The day code is known as long as there is a number to send it to. */
static void
test_code_needs_number(void)
{
	struct rig r;

	start(&r, 10 * DAY_S);
	(void)rig_result_for(&r, 1);
	all_leave(&r);
	rig_wait(&r, 1800);
	rig_job_done(&r, rig_job(&r, CHANNEL_SMS)->job, OUTCOME_REFUSED);
	ok(!has_code(&r) && rig_sql(&r, "SELECT count(*) FROM contact WHERE"
	    " phone IS NOT NULL") == 0 && contacts(&r) == 1,
	    "refused: number and day code go, the mail address stays");
	(void)rig_sweep(&r);
	ok(rig_pages_with(&r, RIG_PHONE) + rig_pages_with(&r, RIG_DAY_CODE)
	    == 0, "from every page");
	rig_job_done(&r, rig_job(&r, CHANNEL_MAIL)->job, OUTCOME_REFUSED);
	is_gone(&r, "both refused");
	ok(rig_alarms(&r, ALARM_REFUSED) == 2, "which the desk is told");
	rig_close_searched(&r);
}

/* One address does not work, the other's host has been down all the time. */
static void
test_refused_and_down(void)
{
	struct rig r;

	start_branch(&r, 0);
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 1800);
	rig_job_done(&r, rig_job(&r, CHANNEL_SMS)->job, OUTCOME_REFUSED);
	rig_job_done(&r, rig_job(&r, CHANNEL_MAIL)->job, OUTCOME_DOWN);
	rig_wait(&r, RIG_WINDOW_S);
	(void)rig_sweep(&r);
	ok(rig_alarms(&r, ALARM_REFUSED) == 1
	    && rig_alarms(&r, ALARM_UNTOLD) == 1, "nobody was told: both alarms");
	is_gone(&r, "closed without a word");
	rig_close_searched(&r);
}

/* A row that was out when its card ended: nothing comes of it. */
static void
test_out_while_frozen(void)
{
	struct rig r;
	struct message m = { .id = MSG_CARD_FREEZE };
	uint64_t job;

	start_branch(&r, 0);
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 1800);
	job = rig_job(&r, CHANNEL_MAIL)->job;
	m.card_freeze.card = span_of("CARD000001");
	m.card_freeze.actor = span_of("uid:0");
	(void)rig_ask(&r, &m, MSG_DONE);
	rig_job_done(&r, job, OUTCOME_REFUSED);
	ok(rig_sql(&r, "SELECT count(*) FROM alarm") == 0,
	    "reported after its card was frozen: nothing");
	is_gone(&r, "frozen while one was out");
	rig_close_searched(&r);
}

int
main(void)
{
	rig_listen();
	test_sent();
	test_sent_one_by_one();
	test_kept();
	test_frozen();
	test_stopped();
	test_expired();
	test_closed();
	test_closed_held();
	test_clock();
	test_restart();
	test_code_needs_number();
	test_refused_and_down();
	test_out_while_frozen();
	ok(rig_leaks() == 0, "no planted address or code in a record, a log "
	    "line or another table");
	return done_testing();
}
