/* outbox_list.c -- OUTBOX_LIST: what waits, and for which host. */
#include "vault/card.h"
#include "vault/outbox_row.h"

enum { ROWS_MAX = 200 };

static uint64_t
count(struct vault *v, enum sql_id which, uint64_t channel, uint64_t *oldest)
{
	sqlite3_stmt *q = database_sql(&v->db, which);
	uint64_t n = 0;

	sql_u64(q, 1, channel);
	if (sqlite3_bind_parameter_count(q) > 1)
		sql_u64(q, 2, clock_now_s(&v->clock));
	if (sql_next(q) == ST_OK) {
		n = col_u64(q, 0);
		*oldest = col_u64(q, 1);
	}
	(void)sqlite3_reset(q);
	return n;
}

static enum status
send_host(struct vault *v, uint64_t request, uint64_t channel)
{
	struct message m = { .id = MSG_OUTBOX_HOST };
	struct msg_outbox_host *row = &m.outbox_host;
	uint64_t none = 0;
	struct host h;

	TRY(host_load(v, channel, &h));
	row->request = request;
	row->channel = channel;
	row->waiting = count(v, SQL_OUTBOX_COUNT_CHANNEL, channel, &none);
	row->due = count(v, SQL_OUTBOX_COUNT_DUE, channel, &row->oldest_s);
	row->failing_since_s = h.breaker.failing_since_s;
	row->failures = h.breaker.failures;
	row->retry_s = h.breaker.retry_s;
	row->done = v->outbox.done[channel];
	row->error = (struct span){ h.error, h.error_len };
	vault_send(v, ROLE_DESK, &m);
	return ST_OK;
}

static void
send_row(struct vault *v, uint64_t request, sqlite3_stmt *q)
{
	struct message m = { .id = MSG_OUTBOX_ROW };
	struct msg_outbox_row *row = &m.outbox_row;
	char reference[CARD_REFERENCE];

	row->request = request;
	row->number = col_u64(q, 0);
	row->channel = col_u64(q, 1);
	row->kind = col_u64(q, 2);
	row->notice = col_u64(q, 3);
	if (!col_is_null(q, 4)) {
		card_reference(v, col_blob(q, 4), reference);
		row->card = (struct span){ (uint8_t *)reference,
		    CARD_REFERENCE };
	}
	row->made_s = col_u64(q, 5);
	row->due_s = col_u64(q, 6);
	row->tries = col_u64(q, 7);
	row->is_taken = taken_find(&v->outbox, row->number) != NULL;
	row->error = col_blob(q, 8);
	vault_send(v, ROLE_DESK, &m);
}

static enum status
list(struct vault *v, const struct msg_outbox_list *m, bool *more)
{
	uint64_t most = m->most == 0 || m->most > ROWS_MAX ? ROWS_MAX
	    : m->most, sent = 0;
	sqlite3_stmt *q;
	enum status st;

	for (uint64_t c = 0; c < CHANNEL_COUNT && m->after == 0; c++)
		TRY(send_host(v, m->request, c));
	q = database_sql(&v->db, SQL_OUTBOX_LIST);
	sql_u64(q, 1, m->after);
	sql_u64(q, 2, most + 1);
	while ((st = sql_next(q)) == ST_OK && sent < most) {
		send_row(v, m->request, q);
		sent++;
	}
	(void)sqlite3_reset(q);
	*more = st == ST_OK;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See outbox.h. */
void
on_outbox_list(struct vault *v, const struct message *m)
{
	struct message done = { .id = MSG_DONE };
	bool more = false;

	done.done.request = m->outbox_list.request;
	done.done.outcome = (uint64_t)list(v, &m->outbox_list, &more);
	done.done.more = more;
	vault_send(v, ROLE_DESK, &done);
}
