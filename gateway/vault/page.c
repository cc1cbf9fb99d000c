#include "vault/page.h"

enum { ROWS_MAX = 200 };

/* See page.h. */
void
page_done(struct vault *v, uint64_t request, enum status st, bool more)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = request;
	m.done.outcome = (uint64_t)st;
	m.done.more = more;
	vault_send(v, ROLE_DESK, &m);
}

/* See page.h. */
void
page_send(struct vault *v, uint64_t request, sqlite3_stmt *q,
    uint64_t after, uint64_t most, page_row_fn *row)
{
	uint64_t sent = 0;
	enum status st;

	if (most == 0 || most > ROWS_MAX)
		most = ROWS_MAX;
	sql_u64(q, 1, after);
	sql_u64(q, 2, most + 1);
	while ((st = sql_next(q)) == ST_OK && sent < most) {
		row(v, request, q);
		sent++;
	}
	(void)sqlite3_reset(q);
	page_done(v, request, st == ST_NOT_FOUND ? ST_OK : st, st == ST_OK);
}
