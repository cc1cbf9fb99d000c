#include "vault/alarm.h"

#include "base/log.h"
#include "vault/contact.h"
#include "vault/page.h"

enum { ERROR_MAX = 128, DIGITS_MAX = 5 };

static const char *const kind_text[ALARM_COUNT] = {
#define X(name, text) [ALARM_##name] = text,
	ALARM_MAP(X)
#undef X
};

struct row {
	uint64_t id, kind, card, times;
};

static enum status
load(sqlite3_stmt *q, struct row *out)
{
	TRY(sql_next(q));
	*out = (struct row){ col_u64(q, 0), col_u64(q, 1), col_u64(q, 2),
	    col_u64(q, 3) };
	(void)sqlite3_reset(q);
	return ST_OK;
}

static enum status
find(struct vault *v, enum alarm kind, uint64_t card, struct row *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_ALARM_GET);

	sql_u64(q, 1, (uint64_t)kind);
	sql_u64(q, 2, card);
	return load(q, out);
}

/* Of what a server said only the kind: it may name an address. */
static enum status
record(struct vault *v, const struct row *row, const char *res,
    struct span actor)
{
	char reference[CARD_REFERENCE];
	struct audit_event e = { .ev = "alarm", .actor = "box",
	    .obj = { (uint8_t *)reference, 0 }, .ch = "box", .res = res,
	    .det = { { "kind", kind_text[row->kind], 0 },
	    { "number", NULL, row->id }, { "times", NULL, row->times } } };

	if (actor.len > 0) {
		e.actor = "staff";
		e.actor_id = actor;
		e.ch = "desk";
	}
	TRY(card_refer(v, row->card, reference, &e.obj.len));
	return audit_add(&v->audit, &e);
}

/* The courier's words are not ours: no address, nothing like a number of a
 * telephone, no bytes that are not letters. */
static bool
is_plain(struct span error)
{
	size_t digits = 0;

	for (size_t i = 0; i < error.len; i++) {
		uint8_t c = error.ptr[i];

		if (c < 0x20 || c > 0x7e || c == '@')
			return false;
		digits = c >= '0' && c <= '9' ? digits + 1 : 0;
		if (digits > DIGITS_MAX)
			return false;
	}
	return error.len <= ERROR_MAX;
}

/* See alarm.h. */
enum status
alarm_raise(struct vault *v, enum alarm kind, uint64_t card,
    struct span error)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_ALARM_RAISE);
	struct row row;

	sql_u64(q, 1, (uint64_t)kind);
	sql_u64(q, 2, card);
	sql_u64(q, 3, clock_now_s(&v->clock));
	sql_blob(q, 4, is_plain(error) ? error
	    : span_of("not repeated: it may name somebody"));
	TRY(sql_run(q));
	TRY(find(v, kind, card, &row));
	if (row.times > 1)
		return ST_OK;
	log_line(LOG_WARNING, "alarm %llu: %s; see `guichet alarm list`",
	    (unsigned long long)row.id, kind_text[kind]);
	return record(v, &row, "raised", span_of(""));
}

static enum status
end(struct vault *v, const struct row *row, const char *res,
    struct span actor)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_ALARM_DROP);

	sql_u64(q, 1, row->id);
	TRY(sql_run(q));
	return record(v, row, res, actor);
}

/* See alarm.h. */
enum status
alarm_end(struct vault *v, enum alarm kind, uint64_t card)
{
	struct row row;
	enum status st = find(v, kind, card, &row);

	if (st != ST_OK)
		return st == ST_NOT_FOUND ? ST_OK : st;
	return end(v, &row, "over", span_of(""));
}

/* See alarm.h. */
uint64_t
alarm_count(struct vault *v)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_COUNT_ALARMS);
	uint64_t n = 0;

	if (sql_next(q) == ST_OK)
		n = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return n;
}

/* --- the desk ------------------------------------------------------------- */

static void
send_row(struct vault *v, uint64_t request, sqlite3_stmt *q)
{
	struct message m = { .id = MSG_ALARM_ROW };
	struct msg_alarm_row *row = &m.alarm_row;

	row->request = request;
	row->number = col_u64(q, 0);
	row->kind = col_u64(q, 1);
	row->since_s = col_u64(q, 2);
	row->last_s = col_u64(q, 3);
	row->times = col_u64(q, 4);
	row->card = col_blob(q, 5);
	row->error = col_blob(q, 6);
	vault_send(v, ROLE_DESK, &m);
}

/* See alarm.h. */
void
on_alarm_list(struct vault *v, const struct message *m)
{
	const struct msg_alarm_list *list = &m->alarm_list;

	page_send(v, list->request, database_sql(&v->db, SQL_ALARM_LIST),
	    list->after, list->most, send_row);
}

static enum status
apply_clear(struct vault *v, struct job *job)
{
	const struct msg_alarm_clear *m = &job->m.alarm_clear;
	sqlite3_stmt *q = database_sql(&v->db, SQL_ALARM_BY_ID);
	struct row row;
	enum status st;

	sql_u64(q, 1, m->number);
	st = load(q, &row);
	if (st == ST_NOT_FOUND) {
		job->result.outcome = st;
		return ST_OK;
	}
	TRY(st);
	return end(v, &row, "cleared", m->actor.len > 0 ? m->actor
	    : span_of("desk"));
}

static void
answer_clear(struct vault *v, struct job *job)
{
	page_done(v, job->m.alarm_clear.request, job->result.outcome, false);
}

const struct job_kind alarm_clear_job = { apply_clear, answer_clear, false };
