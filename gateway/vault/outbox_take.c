/* outbox_take.c -- OUTBOX_TAKE: a row becomes the courier's. */
#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "vault/alarm.h"
#include "vault/notice.h"
#include "vault/outbox_row.h"

/* Rows that turn out to be nothing for now, in one take. */
enum { TRIES_MAX = 16, OPENS_AGAIN_S = 60 };

/* --- what is handed out ----------------------------------------------------- */

static enum status
audit_publish(struct vault *v, const struct bundle *b)
{
	char bid[BID_TEXT];
	struct audit_event e = { .ev = "publish", .actor = "box",
	    .obj = { (uint8_t *)bid, BID_TEXT }, .ch = "drop", .res = "ok",
	    .det = { { "closes", NULL, b->closes_s } } };

	bid_write(b->bid, bid);
	return audit_add(&v->audit, &e);
}

static enum status
mark_pushed(struct vault *v, const struct bundle *b)
{
	sqlite3_stmt *q;

	if (b->pushed != PUSHED_NEVER)
		return ST_OK;
	TRY(audit_publish(v, b));
	q = database_sql(&v->db, SQL_BUNDLE_PUSHED);
	sql_u64(q, 1, b->id);
	sql_u64(q, 2, PUSHED_MAY_BE_THERE);
	sql_u64(q, 3, b->late);
	return sql_run(q);
}

static enum status
digest_of(struct vault *v, uint64_t bundle, uint8_t out[static 32])
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_SEAL_SHA256);
	enum status st;

	sql_u64(q, 1, bundle);
	TRY(sql_next(q));
	st = col_copy(q, 0, out, 32);
	(void)sqlite3_reset(q);
	return st;
}

/* Closed, damaged or (the clock went back) not open yet: not now.  Its end
 * turns the row; nothing of it leaves until then. */
static enum status
hand_object(struct vault *v, struct outbox_row *row, struct taken *t)
{
	struct bundle b = { .id = 0 };
	enum status st = bundle_load(v, row->bundle, &b);

	if (st == ST_OK && bundle_is_open(v, &b))
		st = digest_of(v, b.id, t->sha256);
	else if (st == ST_OK)
		st = ST_NOT_FOUND;
	if (st == ST_NOT_FOUND)
		TRY(row_later(v, row->id, clock_now_s(&v->clock)
		    + (clock_has_come(&v->clock, b.opens_s) ? RETRY_MAX_S
		    : OPENS_AGAIN_S)));
	TRY(st);
	t->size = b.size;
	t->delete_at_s = b.closes_s;
	sha256_start(&t->hash);
	TRY(row_left(v, row, true));
	return mark_pushed(v, &b);
}

static enum status
hand_index(struct vault *v, struct outbox_row *row, struct taken *t)
{
	struct drop_index index;
	enum status st = drop_index_make(v, row->card, &index);

	if (st == ST_NOT_FOUND)		/* the card has no drop any more */
		TRY(row_drop(v, row->id));
	TRY(st);
	t->body = index.body;
	t->size = index.size;
	t->delete_at_s = index.delete_at_s;
	memcpy(t->sha256, index.sha256, 32);
	return row_left(v, row, true);
}

static enum status
hand_deletion(struct vault *v, struct outbox_row *row, struct taken *t)
{
	(void)t;
	return row_left(v, row, false);
}

/* Only to see that there is an address; answer() reads it again. */
static enum status
hand_notice(struct vault *v, struct outbox_row *row, struct taken *t)
{
	struct msg_outbox_job unused = { .notice = row->notice };
	struct notice_words words;
	enum status st = notice_fill(v, (enum outbox_channel)row->channel,
	    row->card, &words, &unused);

	wipe(&words, sizeof(words));
	memcpy(t->reference, row->reference, sizeof(t->reference));
	if (st == ST_NOT_FOUND)
		TRY(row_drop(v, row->id));
	return st;
}

/* ST_NOT_FOUND: not this one; the next. */
static enum status
hand(struct vault *v, struct outbox_row *row, struct taken *t)
{
	static enum status (*const by_kind[OUTBOX_KIND_COUNT])(struct vault *,
	    struct outbox_row *, struct taken *) = {
		[OUTBOX_PUT_OBJECT] = hand_object,
		[OUTBOX_PUT_INDEX]  = hand_index,
		[OUTBOX_DELETE]     = hand_deletion,
		[OUTBOX_NOTICE]     = hand_notice,
	};
	enum status st;

	t->channel = row->channel;
	t->kind = row->kind;
	t->card = row->card;
	t->bundle = row->bundle;
	t->notice = row->notice;
	t->changes = row->changes;
	memcpy(t->name, row->name, 32);
	st = by_kind[row->kind](v, row, t);
	if (st != ST_FORGED && st != ST_CORRUPT)
		return st;
	/* One damaged row must not keep the others. */
	log_line(LOG_ERROR, "outbox: row %llu cannot leave: %s",
	    (unsigned long long)row->id, status_text(st));
	TRY(row_later(v, row->id, clock_now_s(&v->clock) + RETRY_MAX_S));
	return ST_NOT_FOUND;
}

/* --- the job ------------------------------------------------------------------ */

static enum status
take_next(struct vault *v, uint64_t channel, uint64_t *id)
{
	struct outbox_row row;
	struct taken *t;
	enum status st;

	TRY(outbox_next(v, channel, &row));
	t = taken_add(&v->outbox, row.id);
	if (t == NULL)
		return ST_NOT_FOUND;
	*id = row.id;
	st = hand(v, &row, t);
	if (st != ST_OK)
		taken_free(t);
	return st;
}

static enum status
apply(struct vault *v, struct job *job)
{
	uint64_t channel = job->m.outbox_take.channel, id = 0;
	enum status st = ST_NOT_FOUND;

	if (channel >= CHANNEL_COUNT)
		return ST_INVALID;
	for (int i = 0; i < TRIES_MAX && st == ST_NOT_FOUND; i++) {
		id = 0;
		st = take_next(v, channel, &id);
		if (st == ST_NOT_FOUND && id == 0)
			break;		/* nothing is due */
	}
	job->result.outcome = st;
	job->result.number = id;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* "d/" or "i/" and 43 symbols. */
static void
write_name(const struct taken *t, struct buf *out)
{
	if (buf_append_text(out, t->bundle != 0 ? "d/" : "i/") != ST_OK
	    || base64url_encode((struct span){ t->name, 32 }, out) != ST_OK)
		unexpected("a name in the drop", (int)out->len);
}

static enum status
send_job(struct vault *v, const struct taken *t)
{
	uint8_t name[64];
	struct buf path = buf_over(name, sizeof(name));
	struct notice_words words = { .lang = { 0 } };
	struct message m = { .id = MSG_OUTBOX_JOB };
	struct msg_outbox_job *j = &m.outbox_job;
	enum status st = ST_OK;

	j->job = t->row;
	j->channel = t->channel;
	j->kind = t->kind;
	j->now_s = clock_now_s(&v->clock);
	if (t->kind == OUTBOX_NOTICE) {
		j->notice = t->notice;
		j->reference = (struct span){ t->reference,
		    sizeof(t->reference) };
		st = notice_fill(v, (enum outbox_channel)t->channel, t->card,
		    &words, j);
	} else
		write_name(t, &path);
	j->name = buf_span(&path);
	if (t->kind == OUTBOX_PUT_OBJECT || t->kind == OUTBOX_PUT_INDEX) {
		j->size = t->size;
		j->sha256 = (struct span){ t->sha256, 32 };
		j->delete_at_s = t->delete_at_s;
	}
	if (st == ST_OK)
		vault_send(v, ROLE_COURIER, &m);
	wipe(&words, sizeof(words));
	return st;
}

static void
answer(struct vault *v, struct job *job)
{
	uint64_t channel = job->m.outbox_take.channel;
	struct message none = { .id = MSG_OUTBOX_NONE };
	struct taken *t = job->result.outcome == ST_OK
	    ? taken_find(&v->outbox, job->result.number) : NULL;

	if (t != NULL && send_job(v, t) == ST_OK)
		return;
	if (t != NULL)
		taken_free(t);
	if (channel < CHANNEL_COUNT)
		v->outbox.idle[channel] = true;
	none.outbox_none.channel = channel;
	vault_send(v, ROLE_COURIER, &none);
}

const struct job_kind outbox_take_job = { apply, answer, false };
