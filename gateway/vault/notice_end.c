#include "vault/notice.h"

#include "vault/alarm.h"
#include "vault/contact.h"
#include "vault/sweep.h"

/* A mail that cannot be delivered comes back within days (RFC 5321 section
 * 4.5.4.1: 4-5 days of trying). */
#define SENT_MEMORY_S (UINT64_C(8) * DAY_S)

/* A waiting notice, as far as its end depends on it. */
struct ended {
	uint64_t row, card;
	enum outbox_channel channel;
	enum notice notice;
};

/* Is there such a row?  Parameters: the card, and another number. */
static enum status
any(struct vault *v, enum sql_id which, uint64_t card, uint64_t other,
    bool *is)
{
	sqlite3_stmt *q = database_sql(&v->db, which);
	enum status st;

	sql_u64(q, 1, card);
	if (sqlite3_bind_parameter_count(q) > 1)
		sql_u64(q, 2, other);
	st = sql_next(q);
	*is = st == ST_OK && col_u64(q, 0) != 0;
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
run(struct vault *v, enum sql_id which, uint64_t number)
{
	sqlite3_stmt *q = database_sql(&v->db, which);

	sql_u64(q, 1, number);
	return sql_run(q);
}

/* --- one left, or never will ---------------------------------------------- */

static enum status
channel_of(struct vault *v, uint64_t row, enum outbox_channel *channel)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_NOTICE_CHANNEL);

	sql_u64(q, 1, row);
	TRY(sql_next(q));
	*channel = (enum outbox_channel)col_u64(q, 0);
	(void)sqlite3_reset(q);
	return ST_OK;
}

/* For its bounce. */
static enum status
remember(struct vault *v, const struct ended *e)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SENT_ADD);

	if (e->channel != CHANNEL_MAIL)
		return ST_OK;
	sql_u64(q, 1, e->row);
	sql_u64(q, 2, clock_now_s(&v->clock));
	return sql_run(q);
}

static enum status
refuse(struct vault *v, const struct ended *e)
{
	TRY(alarm_raise(v, ALARM_REFUSED, e->card,
	    span_of(e->notice == NOTICE_DAY_CODE
	    ? "the day code: the number takes no SMS"
	    : e->channel == CHANNEL_SMS ? "the number takes no SMS"
	    : "the mail address was refused")));
	return contact_drop(v, e->card, e->channel, e->row, "refused");
}

/* Told, unless one that says more still waits. */
static enum status
mark_told(struct vault *v, const struct ended *e)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_TOLD_NOW);

	sql_u64(q, 1, e->card);
	sql_u64(q, 2, e->row);
	sql_u64(q, 3, (uint64_t)e->notice);
	sql_u64(q, 4, clock_now_s(&v->clock));
	return sql_run(q);
}

/* Nothing waits any more.  A call back that the desk asked for before there
 * was anything to fetch is not what the address was given for. */
static enum status
let_go(struct vault *v, uint64_t card)
{
	uint64_t keep = v->settings.notice.address_keep_s, until;
	bool told, over;
	struct contact c;
	enum status st;

	TRY(any(v, SQL_TOLD_ANY, card, 0, &told));
	TRY(any(v, SQL_CARD_IS_OVER, card, 0, &over));
	if (over)
		return contact_erase(v, card, "closed");
	if (!told)
		return ST_OK;
	if (keep == 0)
		return contact_erase(v, card, "sent");
	st = contact_load(v, card, &c);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	until = clock_now_s(&v->clock) + keep;
	return contact_keep(v, card, until < c.expires_s ? until
	    : c.expires_s);
}

/* See notice.h. */
enum status
notice_ended(struct vault *v, uint64_t row, uint64_t card,
    enum notice notice, bool refused)
{
	struct ended e = { row, card, CHANNEL_COUNT, notice };
	enum status st = channel_of(v, row, &e.channel);
	bool waits;

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	TRY(refused ? refuse(v, &e) : remember(v, &e));
	if (notice == NOTICE_DAY_CODE)
		TRY(contact_drop_code(v, card));
	TRY(any(v, SQL_NOTICE_OTHER, card, row, &waits));
	if (!refused || !waits)
		TRY(mark_told(v, &e));
	return waits ? ST_OK : let_go(v, card);
}

/* --- its bundle ends ------------------------------------------------------ */

struct tombstone {
	uint64_t card, told, status;
	bool     lab;
};

static enum status
load_tombstone(struct vault *v, uint64_t bundle, struct tombstone *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_TOLD_GET);

	sql_u64(q, 1, bundle);
	TRY(sql_next(q));
	*out = (struct tombstone){ col_u64(q, 0), col_u64(q, 1),
	    col_u64(q, 2), col_u64(q, 3) != 0 };
	(void)sqlite3_reset(q);
	return ST_OK;
}

/* See notice.h.  A call back stays: the desk wants the patient, not the
 * document. */
enum status
notice_bundle_ended(struct vault *v, uint64_t bundle)
{
	struct tombstone t;
	bool told, waits, over;
	enum status st = load_tombstone(v, bundle, &t);

	if (st != ST_OK || t.lab)
		return st == ST_NOT_FOUND ? ST_OK : st;
	if (t.told == TOLD_WAITS && t.status == BUNDLE_CLOSED)
		TRY(alarm_raise(v, ALARM_UNTOLD, t.card,
		    span_of("it closed before its message went")));
	TRY(any(v, SQL_TOLD_LIVE, t.card, 0, &told));
	if (!told)
		TRY(run(v, SQL_NOTICE_DROP_POINTLESS, t.card));
	TRY(any(v, SQL_NOTICE_OTHER, t.card, 0, &waits));
	TRY(any(v, SQL_CARD_IS_OVER, t.card, 0, &over));
	return waits || !over ? ST_OK : contact_erase(v, t.card, "closed");
}

/* --- a mail comes back ---------------------------------------------------- */

static enum status
card_of(struct vault *v, struct span reference, uint64_t *card)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SENT_GET);

	sql_blob(q, 1, reference);
	TRY(sql_next(q));
	*card = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return ST_OK;
}

static enum status
apply_bounced(struct vault *v, struct job *job)
{
	const struct msg_mail_bounced *m = &job->m.mail_bounced;
	sqlite3_stmt *q;
	uint64_t card;
	enum status st = card_of(v, m->reference, &card);

	if (st != ST_OK)	/* not one of ours, or told already */
		return st == ST_NOT_FOUND ? ST_OK : st;
	TRY(alarm_raise(v, ALARM_BOUNCED, card, m->error));
	q = database_sql(&v->db, SQL_SENT_DROP);
	sql_blob(q, 1, m->reference);
	TRY(sql_run(q));
	return contact_drop(v, card, CHANNEL_MAIL, 0, "came back");
}

/* Nobody waits for an answer. */
static void
answer_bounced(struct vault *v, struct job *job)
{
	(void)v;
	(void)job;
}

const struct job_kind mail_bounced_job = {
	apply_bounced, answer_bounced, false
};

/* --- the sweep ------------------------------------------------------------ */

static enum status
expire(struct vault *v, uint64_t card)
{
	bool waits;

	TRY(any(v, SQL_TOLD_WAITING, card, 0, &waits));
	if (waits)
		TRY(alarm_raise(v, ALARM_UNTOLD, card,
		    span_of("the card expired before its message went")));
	return contact_erase(v, card, "its time is over");
}

static enum status
expire_due(struct vault *v)
{
	uint64_t card[SWEEP_ROWS];
	size_t n = 0;
	sqlite3_stmt *q = database_sql(&v->db, SQL_CONTACT_DUE);
	enum status st;

	sql_u64(q, 1, v->clock.lo_s);
	sql_u64(q, 2, SWEEP_ROWS);
	while ((st = sql_next(q)) == ST_OK && n < SWEEP_ROWS)
		card[n++] = col_u64(q, 0);
	(void)sqlite3_reset(q);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	for (size_t i = 0; i < n; i++)
		TRY(expire(v, card[i]));
	return ST_OK;
}

/* See notice.h.  What destroys needs a clock (clock.h). */
enum status
notice_sweep(struct vault *v)
{
	uint64_t lo = v->clock.lo_s;
	sqlite3_stmt *q;

	if (v->clock.quality < CLOCK_Q2)
		return ST_OK;
	TRY(expire_due(v));
	q = database_sql(&v->db, SQL_SENT_OLD);
	sql_u64(q, 1, lo > SENT_MEMORY_S ? lo - SENT_MEMORY_S : 0);
	sql_u64(q, 2, SWEEP_ROWS);
	TRY(sql_run(q));
	return run(v, SQL_ALARM_OLD, SWEEP_ROWS);
}
