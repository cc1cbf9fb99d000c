/* What the desk must look at; and mails that come back. */
#include "vault/alarm.h"

#include <stdio.h>

#include "contact_rig.h"
#include "tap.h"

struct raised {
	enum alarm kind;
	uint64_t card;
	const char *error;
};

static enum status
raise_it(struct vault *v, void *with)
{
	const struct raised *a = with;

	return alarm_raise(v, a->kind, a->card, span_of(a->error));
}

static void
raise_alarm(struct rig *r, enum alarm kind, uint64_t card, const char *error)
{
	struct raised a = { kind, card, error };

	if (transaction(&r->v, raise_it, &a) != ST_OK)
		printf("Bail out! no alarm\n");
}

static enum status
end_it(struct vault *v, void *with)
{
	const struct raised *a = with;

	return alarm_end(v, a->kind, a->card);
}

static uint64_t
status_alarms(struct rig *r)
{
	struct message m = { .id = MSG_STATUS_GET };

	return rig_ask(r, &m, MSG_STATUS)->status.alarms;
}

/* The n-th row from `after` on. */
static const struct msg_alarm_row *
list(struct rig *r, uint64_t after, uint64_t most, size_t n)
{
	struct message m = { .id = MSG_ALARM_LIST };
	const struct message *row;

	m.alarm_list.after = after;
	m.alarm_list.most = most;
	(void)rig_ask(r, &m, MSG_DONE);
	row = rig_answer(r, MSG_ALARM_ROW, n);
	return row == NULL ? NULL : &row->alarm_row;
}

static uint64_t
clear(struct rig *r, uint64_t number)
{
	struct message m = { .id = MSG_ALARM_CLEAR };

	m.alarm_clear.number = number;
	m.alarm_clear.actor = span_of("uid:1007");
	return rig_ask(r, &m, MSG_DONE)->done.outcome;
}

static void
test_life(void)
{
	struct rig r;
	const struct msg_alarm_row *row;
	uint64_t card, number, first_s;
	struct raised over = { .kind = ALARM_STORE };

	rig_open(&r);
	rig_patient(&r);
	card = rig_sql(&r, "SELECT id FROM card");
	ok(status_alarms(&r) == 0 && list(&r, 0, 0, 0) == NULL, "none");
	first_s = r.system_s;
	raise_alarm(&r, ALARM_REFUSED, card, "no such number");
	rig_wait(&r, 60);
	raise_alarm(&r, ALARM_REFUSED, card, "no such number again");
	raise_alarm(&r, ALARM_STORE, 0, "no answer");
	ok(status_alarms(&r) == 2, "the same twice is one; another kind another");
	row = list(&r, 0, 0, 0);
	ok(row != NULL && row->kind == ALARM_REFUSED && row->times == 2
	    && row->since_s == first_s && row->last_s == r.system_s
	    && span_is(row->card, "CARD000001")
	    && span_is(row->error, "no such number again"),
	    "the desk sees whose, since when, how often, the last words");
	number = row->number;
	ok(list(&r, 0, 0, 1)->card.len == 0, "the drop's is no card's");
	ok(rig_audit(&r, "\"ev\":\"alarm\"") == 2
	    && rig_audit(&r, "\"res\":\"raised\"") == 2
	    && rig_audit(&r, "CARD000001") == 0, "raised: a record each");
	ok(clear(&r, 999) == ST_NOT_FOUND, "there is no 999");
	ok(clear(&r, number) == ST_OK && status_alarms(&r) == 1
	    && rig_audit(&r, "\"res\":\"cleared\"") == 1
	    && rig_audit(&r, "uid:1007") == 1, "cleared: by whom, on record");
	ok(clear(&r, number) == ST_NOT_FOUND, "once");
	raise_alarm(&r, ALARM_REFUSED, card, "again");
	ok(list(&r, 0, 0, 1)->number > number, "a number is never used again");
	ok(transaction(&r.v, end_it, &over) == ST_OK
	    && status_alarms(&r) == 1
	    && rig_audit(&r, "\"res\":\"over\"") == 1,
	    "over by itself: on record");
	ok(transaction(&r.v, end_it, &over) == ST_OK
	    && rig_audit(&r, "\"res\":\"over\"") == 1, "none: nothing");
	rig_close_searched(&r);
}

static void
test_pages(void)
{
	enum { ALARMS = 450 };
	struct rig r;
	struct message m = { .id = MSG_ALARM_LIST };
	uint64_t after = 0, seen = 0;
	const struct message *done;
	bool in_order = true;

	rig_open(&r);
	for (uint64_t i = 1; i <= ALARMS; i++)
		raise_alarm(&r, ALARM_BOUNCED, 1000 + i, "");
	do {
		m.alarm_list.after = after;
		done = rig_ask(&r, &m, MSG_DONE);
		for (size_t n = 0; n < rig_count(&r, MSG_ALARM_ROW); n++) {
			const struct msg_alarm_row *row = &rig_answer(&r,
			    MSG_ALARM_ROW, n)->alarm_row;

			in_order = in_order && row->number > after
			    && row->card.len == 0;
			after = row->number;
			seen++;
		}
	} while (done->done.more != 0);
	ok(seen == ALARMS && in_order, "hundreds, page by page");
	m.alarm_list.after = 0;
	m.alarm_list.most = 3;
	ok(rig_ask(&r, &m, MSG_DONE)->done.more == 1
	    && rig_count(&r, MSG_ALARM_ROW) == 3, "as few as asked for");
	for (int i = 0; i < 6; i++)
		(void)rig_sweep(&r);
	ok(status_alarms(&r) == 0, "about cards that are gone: the sweep");
	rig_close_searched(&r);
}

/* The courier's words are not trusted to be its own. */
static void
test_words(void)
{
	static const char *const odd[] = { "550 <" RIG_MAIL "> unknown",
	    "rejected " RIG_PHONE, "no 0698765432", "bell \a", "d\303\251j\303\240" };
	struct rig r;
	unsigned hidden = 0;
	const struct msg_alarm_row *row;

	rig_open(&r);
	for (size_t i = 0; i < COUNT(odd); i++) {
		raise_alarm(&r, ALARM_MAIL, 0, odd[i]);
		row = list(&r, 0, 0, 0);
		hidden += !span_is(row->error, odd[i]) && row->error.len > 0;
	}
	ok(hidden == COUNT(odd), "what looks like an address is not repeated");
	raise_alarm(&r, ALARM_MAIL, 0, "550 5.1.1: refused");
	ok(span_is(list(&r, 0, 0, 0)->error, "550 5.1.1: refused"),
	    "what does not is");
	rig_close_searched(&r);
}

/* --- bounces -------------------------------------------------------------- */

static void
bounce(struct rig *r, const uint8_t reference[static 22])
{
	struct message m = { .id = MSG_MAIL_BOUNCED };

	m.mail_bounced.reference = (struct span){ reference, 22 };
	m.mail_bounced.error = span_of("5.1.1");
	rig_forget(r);
	rig_take(r, &m);
	(void)vault_turn(&r->v);
}

/* A mail that the courier sent; its reference. */
static void
send_mail(struct rig *r, uint8_t reference[static 22])
{
	const struct msg_outbox_job *job;

	rig_open(r);
	rig_wait(r, 10 * 3600);
	rig_patient(r);
	(void)rig_result_for(r, 1);
	rig_wait(r, 1800);
	job = rig_job(r, CHANNEL_MAIL);
	memcpy(reference, job->reference.ptr, 22);
	rig_job_done(r, job->job, OUTCOME_DONE);
}

static void
test_bounce(void)
{
	struct rig r;
	uint8_t reference[22], other[22];
	const struct msg_alarm_row *row;

	send_mail(&r, reference);
	memset(other, 'A', sizeof(other));
	bounce(&r, other);
	ok(status_alarms(&r) == 0, "a reference nobody knows: nothing");
	rig_wait(&r, 7 * DAY_S);
	(void)rig_sweep(&r);
	bounce(&r, reference);
	row = list(&r, 0, 0, 0);
	ok(row != NULL && row->kind == ALARM_BOUNCED
	    && span_is(row->card, "CARD000001")
	    && span_is(row->error, "5.1.1"), "a mail came back: whose card");
	bounce(&r, reference);
	ok(list(&r, 0, 0, 0)->times == 1, "told twice by the courier: once");
	rig_close_searched(&r);
	send_mail(&r, reference);
	rig_wait(&r, 8 * DAY_S);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM sent") == 0, "kept for eight days");
	bounce(&r, reference);
	ok(status_alarms(&r) == 0, "then unknown");
	rig_close_searched(&r);
}

/* The address is kept for the next result: not one that does not work. */
static void
test_bounced_address(void)
{
	struct rig r;
	uint8_t reference[22];
	const struct msg_outbox_job *job;

	rig_open(&r);
	r.v.settings.notice.address_keep_s = 30 * DAY_S;
	rig_wait(&r, 10 * 3600);
	rig_patient(&r);
	(void)rig_result_for(&r, 1);
	rig_wait(&r, 1800);
	job = rig_job(&r, CHANNEL_MAIL);
	memcpy(reference, job->reference.ptr, 22);
	rig_job_done(&r, job->job, OUTCOME_DONE);
	bounce(&r, reference);
	(void)rig_sweep(&r);
	ok(rig_sql(&r, "SELECT count(*) FROM contact WHERE mail IS NULL") == 1
	    && rig_pages_with(&r, RIG_MAIL) == 0,
	    "an address that came back is erased");
	ok(rig_waiting(&r, CHANNEL_SMS, NOTICE_DOCUMENT) == 1,
	    "the SMS goes all the same");
	rig_close_searched(&r);
}

int
main(void)
{
	rig_listen();
	test_life();
	test_pages();
	test_words();
	test_bounce();
	test_bounced_address();
	ok(rig_leaks() == 0, "no planted address in a record, a log line or "
	    "another table");
	return done_testing();
}
