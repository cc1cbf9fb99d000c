#include "vault/audit.h"

#include <stdio.h>

#include "base/json_writer.h"
#include "base/log.h"

/* See audit.h. */
enum status
audit_open(struct audit *a, struct database *db, const struct clock *clock)
{
	sqlite3_stmt *q = database_sql(db, SQL_AUDIT_TREE_GET);
	uint64_t next = 0;
	enum status st;

	*a = (struct audit){ .db = db, .clock = clock };
	merkle_init(&a->tree);
	st = sql_next(q);
	if (st == ST_OK) {
		st = merkle_load(&a->tree, col_u64(q, 0), col_blob(q, 1));
		(void)sqlite3_reset(q);
	} else if (st == ST_NOT_FOUND)
		st = ST_OK;
	if (st == ST_OK) {
		q = database_sql(db, SQL_AUDIT_NEXT);
		TRY(sql_next(q));
		next = col_u64(q, 0);
		(void)sqlite3_reset(q);
	}
	if (st == ST_OK && next != a->tree.size)
		st = ST_CORRUPT;
	if (st == ST_CORRUPT)
		log_line(LOG_ERROR, "vault.db: the audit log has %llu records,"
		    " its tree says %llu; restore the backup; no file was "
		    "changed", (unsigned long long)next,
		    (unsigned long long)a->tree.size);
	a->committed = a->tree;
	return st;
}

static void
write_details(struct json_writer *w, const struct audit_detail *d)
{
	json_object_begin(w, "det");
	for (; d->name != NULL; d++) {
		if (d->text != NULL)
			json_text(w, d->name, d->text);
		else
			json_uint(w, d->name, d->number);
	}
	json_object_end(w);
}

static enum status
write_line(const struct audit *a, const struct audit_event *e,
    struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_uint(&w, "v", 1);
	json_uint(&w, "seq", a->tree.size);
	json_uint(&w, "boot", a->clock->boots);
	json_uint(&w, "mono_ms", a->clock->boot_ms);
	json_uint(&w, "t", clock_now_s(a->clock));
	json_uint(&w, "tq", (uint64_t)a->clock->quality);
	json_text(&w, "ev", e->ev);
	json_object_begin(&w, "actor");
	json_text(&w, "k", e->actor);
	json_span(&w, "id", e->actor_id);
	json_object_end(&w);
	json_span(&w, "obj", e->obj);
	json_text(&w, "ch", e->ch);
	json_text(&w, "res", e->res);
	write_details(&w, e->det);
	json_object_end(&w);
	return json_finish(&w);
}

/* See audit.h. */
enum status
audit_add(struct audit *a, const struct audit_event *event)
{
	uint8_t storage[AUDIT_LINE_MAX];	/* not secret */
	struct buf line = buf_over(storage, sizeof(storage));
	sqlite3_stmt *q;

	if (write_line(a, event, &line) != ST_OK)
		unexpected("an audit record does not fit", (int)line.len);
	q = database_sql(a->db, SQL_AUDIT_ADD);
	sql_u64(q, 1, a->tree.size);
	sql_blob(q, 2, buf_span(&line));
	TRY(sql_run(q));
	merkle_add(&a->tree, buf_span(&line));
	return ST_OK;
}

/* See audit.h. */
enum status
audit_seal(struct audit *a)
{
	sqlite3_stmt *q;

	if (a->tree.size == a->committed.size)
		return ST_OK;
	q = database_sql(a->db, SQL_AUDIT_TREE_PUT);
	sql_u64(q, 1, a->tree.size);
	sql_blob(q, 2, merkle_frontier(&a->tree));
	return sql_run(q);
}

/* See audit.h. */
void
audit_committed(struct audit *a)
{
	if (a->tree.size != a->committed.size)
		a->committed = a->tree;
}

/* See audit.h. */
void
audit_rolled_back(struct audit *a)
{
	if (a->tree.size != a->committed.size)
		a->tree = a->committed;
}

static bool
is_private(const uint8_t *v4)
{
	return v4[0] == 10 || v4[0] == 127
	    || (v4[0] == 172 && (v4[1] & 0xf0) == 16)
	    || (v4[0] == 192 && v4[1] == 168)
	    || (v4[0] == 169 && v4[1] == 254);
}

/* See audit.h.  RFC 1918, RFC 3927, RFC 4193, RFC 4291. */
void
audit_network(const uint8_t peer[static 16], char *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback[16] = { [15] = 1 };
	const uint8_t *v4 = peer + 12;

	if (memcmp(peer, mapped, sizeof(mapped)) == 0) {
		if (is_private(v4))
			snprintf(out, 64, "lan");
		else
			snprintf(out, 64, "%u.%u.%u.0/24", v4[0], v4[1], v4[2]);
	} else if ((peer[0] & 0xfe) == 0xfc || (peer[0] == 0xfe
	    && (peer[1] & 0xc0) == 0x80) || memcmp(peer, loopback, 16) == 0)
		snprintf(out, 64, "lan");
	else
		snprintf(out, 64, "%x:%x:%x::/48", peer[0] << 8 | peer[1],
		    peer[2] << 8 | peer[3], peer[4] << 8 | peer[5]);
}
