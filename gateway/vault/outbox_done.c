/* outbox_done.c -- OUTBOX_DONE: how an attempt ended. */
#include "base/log.h"
#include "crypto/random.h"
#include "vault/alarm.h"
#include "vault/notice.h"
#include "vault/outbox_row.h"

/* By then the pauses were a quarter of an hour. */
enum { STUCK_TRIES = 9 };

/* What the job knows. */
struct end {
	const struct msg_outbox_done *m;
	const struct taken *taken;
	struct outbox_row row;
};

static uint32_t
random_32(void)
{
	uint32_t n;

	random_bytes(&n, sizeof(n));
	return n;
}

/* The courier speaks with the internet, and what it says is shown on the
 * desk's terminal: text, or nothing of it. */
static struct span
words_of(const struct msg_outbox_done *m)
{
	for (size_t i = 0; i < m->error.len; i++) {
		if (m->error.ptr[i] < ' ' || m->error.ptr[i] > '~')
			return span_of("not repeated: it is no text");
	}
	return m->error;
}

/* --- seen done ---------------------------------------------------------------- */

static enum status
again(struct vault *v, const struct outbox_row *row, uint64_t due_s,
    uint64_t passes)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_AGAIN);

	sql_u64(q, 1, row->id);
	sql_u64(q, 2, due_s);
	sql_u64(q, 3, passes);
	return sql_run(q);
}

static enum status
once_more(struct vault *v, const struct outbox_row *row)
{
	return again(v, row, clock_now_s(&v->clock) + OUTBOX_SETTLE_S, 3);
}

static enum status
object_is_there(struct vault *v, const struct end *e)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_PUSHED);

	sql_u64(q, 1, e->row.bundle);
	sql_u64(q, 2, PUSHED_IS_THERE);
	sql_u64(q, 3, e->row.passes > 1);
	TRY(sql_run(q));
	TRY(row_drop(v, e->row.id));
	return outbox_index_changed(v, e->row.card);
}

/* What it says now may not be what was put: then it is put again, at once. */
static enum status
index_is_there(struct vault *v, const struct end *e)
{
	if (e->row.changes != e->taken->changes)
		return again(v, &e->row, clock_now_s(&v->clock),
		    e->row.passes);
	if (e->row.passes == 2)
		return once_more(v, &e->row);
	TRY(row_drop(v, e->row.id));
	return notice_bundle(v, e->row.card, clock_now_s(&v->clock));
}

static enum status
audit_unpublish(struct vault *v, uint64_t bundle)
{
	char bid[BID_TEXT];
	struct bundle b;
	struct audit_event e = { .ev = "unpublish", .actor = "box",
	    .obj = { (uint8_t *)bid, BID_TEXT }, .ch = "drop", .res = "ok" };
	enum status st = bundle_load(v, bundle, &b);

	if (st != ST_OK)	/* its tombstone waits for this row */
		return st == ST_NOT_FOUND ? ST_OK : st;
	bid_write(b.bid, bid);
	return audit_add(&v->audit, &e);
}

static enum status
it_is_gone(struct vault *v, const struct end *e)
{
	if (e->row.passes == 2)
		return once_more(v, &e->row);
	if (e->row.bundle != 0)
		TRY(audit_unpublish(v, e->row.bundle));
	return row_drop(v, e->row.id);
}

static enum status
notice_is_over(struct vault *v, const struct end *e)
{
	TRY(notice_ended(v, e->row.id, e->row.card, (enum notice)e->row.notice,
	    e->m->outcome == OUTCOME_REFUSED));
	return row_drop(v, e->row.id);
}

/* Ended or frozen while its put was out: that was seen, and it goes now. */
static enum status
seen(struct vault *v, const struct outbox_row *row)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_SEEN);

	sql_u64(q, 1, row->id);
	return sql_run(q);
}

static enum status
done(struct vault *v, const struct end *e)
{
	if (e->taken->kind != e->row.kind)
		return seen(v, &e->row);
	switch (e->row.kind) {
	case OUTBOX_PUT_OBJECT:
		return object_is_there(v, e);
	case OUTBOX_PUT_INDEX:
		return index_is_there(v, e);
	case OUTBOX_DELETE:
		return it_is_gone(v, e);
	default:
		return notice_is_over(v, e);
	}
}

/* --- not done ------------------------------------------------------------------ */

/* A row that was turned while it was out is another matter, and due. */
static enum status
retry(struct vault *v, const struct end *e)
{
	sqlite3_stmt *q;

	if (e->taken->kind != e->row.kind)
		return ST_OK;
	if (e->row.channel == CHANNEL_STORE && e->m->outcome == OUTCOME_RETRY
	    && e->row.tries + 1 >= STUCK_TRIES)
		v->outbox.stuck_s = clock_now_s(&v->clock);
	q = database_sql(&v->db, SQL_OUTBOX_RETRY);
	sql_u64(q, 1, e->row.id);
	sql_u64(q, 2, clock_now_s(&v->clock) + retry_after_s(e->row.tries,
	    v->settings.retry_max_s,
	    e->m->outcome == OUTCOME_RETRY ? e->m->retry_after_s : 0,
	    random_32()));
	sql_blob(q, 3, words_of(e->m));
	return sql_run(q);
}

static enum status
host_failed(struct vault *v, const struct msg_outbox_done *m,
    uint64_t channel)
{
	struct span error = words_of(m);
	struct host h;

	TRY(host_load(v, channel, &h));
	breaker_failed(&h.breaker, clock_now_s(&v->clock),
	    v->settings.retry_max_s, m->retry_after_s, random_32());
	h.error_len = error.len;
	if (error.len > 0)
		memcpy(h.error, error.ptr, error.len);
	return host_save(v, &h);
}

static enum status
host_worked(struct vault *v, uint64_t channel)
{
	struct host h;

	TRY(host_load(v, channel, &h));
	if (h.breaker.failing_since_s == 0)
		return ST_OK;
	breaker_worked(&h.breaker);
	h.error_len = 0;
	return host_save(v, &h);
}

/* --- the job -------------------------------------------------------------------- */

static enum status
end_row(struct vault *v, const struct end *e)
{
	bool is_notice = e->row.kind == OUTBOX_NOTICE;

	if (e->m->outcome == OUTCOME_DONE)
		return done(v, e);
	if (e->m->outcome == OUTCOME_REFUSED && is_notice)
		return notice_is_over(v, e);
	return retry(v, e);
}

/* Only what was seen to work, or not to, says something about the host. */
static enum status
end_host(struct vault *v, const struct msg_outbox_done *m, uint64_t channel)
{
	switch (m->outcome) {
	case OUTCOME_DONE:
	case OUTCOME_REFUSED:
		return host_worked(v, channel);
	case OUTCOME_DOWN:
		return host_failed(v, m, channel);
	default:
		return ST_OK;
	}
}

static enum status
apply(struct vault *v, struct job *job)
{
	struct end e = { .m = &job->m.outbox_done };
	enum status st;

	e.taken = taken_find(&v->outbox, e.m->job);
	if (e.taken == NULL || e.m->outcome >= OUTBOX_OUTCOME_COUNT) {
		job->result.outcome = ST_NOT_FOUND;	/* not in this life */
		return ST_OK;
	}
	TRY(end_host(v, e.m, e.taken->channel));
	st = row_load(v, e.m->job, &e.row);
	if (st == ST_NOT_FOUND)		/* what it was about is forgotten */
		return ST_OK;
	TRY(st);
	return end_row(v, &e);
}

/* Whether or not it could be written down, the courier has it no more; where
 * not, it is due again. */
static void
answer(struct vault *v, struct job *job)
{
	struct taken *t = taken_find(&v->outbox, job->m.outbox_done.job);

	if (t == NULL)
		return;
	if (job->result.outcome == ST_OK
	    && job->m.outbox_done.outcome == OUTCOME_DONE)
		v->outbox.done[t->channel]++;
	taken_free(t);
}

const struct job_kind outbox_done_job = { apply, answer, false };
