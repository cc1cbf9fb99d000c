#include "vault/outbox_row.h"

#include "base/log.h"
#include "vault/notice.h"

/* See outbox_row.h. */
enum status
row_load(struct vault *v, uint64_t id, struct outbox_row *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_GET);
	enum status st = ST_OK;

	sql_u64(q, 1, id);
	TRY(sql_next(q));
	*out = (struct outbox_row){ .id = col_u64(q, 0),
	    .channel = col_u64(q, 1), .kind = col_u64(q, 2),
	    .card = col_u64(q, 4), .bundle = col_u64(q, 5),
	    .notice = col_u64(q, 6), .made_s = col_u64(q, 8),
	    .due_s = col_u64(q, 9), .tries = col_u64(q, 10),
	    .left_box = col_u64(q, 11), .changes = col_u64(q, 12),
	    .passes = col_u64(q, 13) };
	if (!col_is_null(q, 3))
		st = col_copy(q, 3, out->name, 32);
	if (st == ST_OK && !col_is_null(q, 7))
		st = col_copy(q, 7, out->reference, sizeof(out->reference));
	(void)sqlite3_reset(q);
	return st;
}

/* See outbox_row.h. */
enum status
row_drop(struct vault *v, uint64_t id)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_DROP);

	sql_u64(q, 1, id);
	return sql_run(q);
}

/* See outbox_row.h. */
enum status
row_later(struct vault *v, uint64_t id, uint64_t due_s)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_LATER);

	sql_u64(q, 1, id);
	sql_u64(q, 2, due_s);
	return sql_run(q);
}

/* See outbox_row.h.  A deletion that arrives late harms nothing. */
enum status
row_left(struct vault *v, struct outbox_row *row, bool is_put)
{
	sqlite3_stmt *q;

	if (row->left_box == is_put && !is_put)
		return ST_OK;
	if (row->left_box != 0)
		row->passes = 2;
	row->left_box = is_put;
	q = database_sql(&v->db, SQL_OUTBOX_LEFT);
	sql_u64(q, 1, row->id);
	sql_u64(q, 2, row->left_box);
	sql_u64(q, 3, row->passes);
	return sql_run(q);
}

/* --- hosts ---------------------------------------------------------------- */

/* See outbox_row.h. */
enum status
host_load(struct vault *v, uint64_t channel, struct host *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_HOST_GET);
	struct span error;
	enum status st;

	*out = (struct host){ .channel = channel };
	sql_u64(q, 1, channel);
	st = sql_next(q);
	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	out->breaker = (struct breaker){ col_u64(q, 0), col_u64(q, 1),
	    col_u64(q, 2) };
	error = span_slice(col_blob(q, 3), 0, sizeof(out->error));
	out->error_len = error.len;
	if (error.len > 0)
		memcpy(out->error, error.ptr, error.len);
	(void)sqlite3_reset(q);
	return ST_OK;
}

/* See outbox_row.h. */
enum status
host_save(struct vault *v, const struct host *h)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_HOST_PUT);

	sql_u64(q, 1, h->channel);
	sql_u64(q, 2, h->breaker.failures);
	sql_u64(q, 3, h->breaker.failing_since_s);
	sql_u64(q, 4, h->breaker.retry_s);
	sql_bytes(q, 5, h->error, h->error_len);
	return sql_run(q);
}

/* --- the next row ---------------------------------------------------------- */

/* What may leave at all, by the time's quality (release.md, "Time"): a
 * deletion was decided when its row was made, and may always go. */
static bool
may_leave(const struct vault *v, enum outbox_kind kind)
{
	return kind == OUTBOX_DELETE || (v->clock.quality >= CLOCK_Q2
	    && (kind != OUTBOX_NOTICE || notice_may_leave(v)));
}

/* The first due row of a kind that is not out; few are. */
static enum status
next_of_kind(struct vault *v, uint64_t channel, enum outbox_kind kind,
    uint64_t *id)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OUTBOX_DUE);
	enum status st;

	sql_u64(q, 1, channel);
	sql_u64(q, 2, (uint64_t)kind);
	sql_u64(q, 3, clock_now_s(&v->clock));
	sql_u64(q, 4, TAKEN_MAX + 1);
	while ((st = sql_next(q)) == ST_OK) {
		*id = col_u64(q, 0);
		if (taken_find(&v->outbox, *id) == NULL)
			break;
	}
	(void)sqlite3_reset(q);
	return st;
}

/* See outbox_row.h.  What must go comes first; then an index, which makes
 * objects that are there already useful. */
enum status
outbox_next(struct vault *v, uint64_t channel, struct outbox_row *out)
{
	static const enum outbox_kind order[] = { OUTBOX_DELETE,
	    OUTBOX_PUT_INDEX, OUTBOX_PUT_OBJECT, OUTBOX_NOTICE };
	struct host h;
	uint64_t id = 0;
	enum status st;

	TRY(host_load(v, channel, &h));
	if (taken_count(&v->outbox, channel) >= breaker_allows(&h.breaker,
	    clock_now_s(&v->clock), TAKEN_MAX))
		return ST_NOT_FOUND;
	for (size_t i = 0; i < COUNT(order); i++) {
		if (!may_leave(v, order[i]))
			continue;
		st = next_of_kind(v, channel, order[i], &id);
		if (st != ST_NOT_FOUND)
			return st == ST_OK ? row_load(v, id, out) : st;
	}
	return ST_NOT_FOUND;
}
