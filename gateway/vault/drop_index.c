/*
 * drop_index.c -- the body of i/<loc>: docs/formats/drop.md.
 *
 * Nothing is encrypted here: the desk sealed both blobs once and intake each
 * envelope once, so that no iv is ever used twice, however often it is
 * written.  Its length tells no more than how many bundles there may be.
 */
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "vault/outbox_row.h"
#include "vault/pickup.h"

enum {
	SHOWN_MAX = 256, ENVELOPE_MAX = 4096,
	STEP_BYTES = 16 * 1024,
	/* JSON around the values: names, quotes, numbers. */
	AROUND_BYTES = 256, BUNDLE_BYTES = ENVELOPE_MAX + 160
};
/* So long after its last bundle the store may forget the index itself. */
#define KEPT_S UINT64_C(3600)

struct shown {
	uint64_t id[SHOWN_MAX];	/* newest first */
	size_t   n;
	uint64_t closes_s;	/* the latest of them */
};

static enum status
find_bundles(struct vault *v, uint64_t card, struct shown *s)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_DROP_BUNDLES);
	enum status st;

	*s = (struct shown){ .n = 0 };
	sql_u64(q, 1, card);
	sql_u64(q, 2, SHOWN_MAX);
	while ((st = sql_next(q)) == ST_OK && s->n < SHOWN_MAX)
		s->id[s->n++] = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static const char *
status_name(uint64_t status)
{
	static const char *const names[] = {
#define X(name, text) text,
		BUNDLE_STATUS_MAP(X)
#undef X
	};

	return status < COUNT(names) ? names[status] : "unknown";
}

/* One that cannot be opened here is not opened there either; the others
 * must not suffer. */
static enum status
add_bundle(struct vault *v, uint64_t id, struct json_writer *w,
    uint64_t *closes_s)
{
	uint8_t storage[ENVELOPE_MAX];	/* not secret: sealed to the card */
	struct buf envelope = buf_over(storage, sizeof(storage));
	char bid[BID_TEXT];
	struct bundle b;
	bool is = false;

	TRY(bundle_load(v, id, &b));
	if (bundle_is_open(v, &b))
		TRY(pickup_is_shown(v, &b, true, &is));
	if (!is)
		return ST_OK;
	if (bundle_envelope(v, &b, &envelope) != ST_OK) {
		log_line(LOG_ERROR, "vault.db: an envelope cannot be opened; "
		    "its bundle is not in the drop's index");
		return ST_OK;
	}
	bid_write(b.bid, bid);
	json_object_begin(w, NULL);
	json_span(w, "bid", (struct span){ (uint8_t *)bid, BID_TEXT });
	json_span(w, "envelope", buf_span(&envelope));
	json_text(w, "status", status_name(b.status));
	json_uint(w, "closes", b.closes_s);
	json_object_end(w);
	if (b.closes_s > *closes_s)
		*closes_s = b.closes_s;
	return ST_OK;
}

static enum status
write_body(struct vault *v, struct shown *s, struct span sk,
    struct span trust, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_uint(&w, "v", 1);
	json_span(&w, "sk", sk);
	json_span(&w, "trust", trust);
	json_array_begin(&w, "bundles");
	for (size_t i = s->n; i > 0; i--)
		TRY(add_bundle(v, s->id[i - 1], &w, &s->closes_s));
	json_array_end(&w);
	json_object_end(&w);
	if (json_finish(&w) != ST_OK)
		unexpected("an index does not fit", (int)s->n);
	while (out->len % STEP_BYTES != 0)
		out->ptr[out->len++] = ' ';
	return ST_OK;
}

/* Nothing that passes is asked for: a store refuses to forget in the past. */
static uint64_t
delete_at(const struct vault *v, uint64_t closes_s, uint64_t expires_s)
{
	uint64_t at = closes_s != 0 ? closes_s + KEPT_S : expires_s;
	uint64_t least = clock_now_s(&v->clock) + KEPT_S;

	return at > least ? at : least;
}

static enum status
make(struct vault *v, struct shown *s, sqlite3_stmt *card,
    struct drop_index *out)
{
	struct span sk = col_blob(card, 2), trust = col_blob(card, 3);
	size_t max = AROUND_BYTES + sk.len + trust.len + s->n * BUNDLE_BYTES
	    + STEP_BYTES;
	struct buf body;
	enum status st;

	out->body = malloc(max);
	if (out->body == NULL)
		unexpected("no memory for an index", (int)s->n);
	body = buf_over(out->body, max);
	st = write_body(v, s, sk, trust, &body);
	if (st != ST_OK) {
		free(out->body);
		return st;
	}
	out->size = body.len;
	out->delete_at_s = delete_at(v, s->closes_s, col_u64(card, 1));
	sha256(buf_span(&body), out->sha256);
	return ST_OK;
}

/* See outbox_row.h. */
enum status
drop_index_make(struct vault *v, uint64_t card, struct drop_index *out)
{
	sqlite3_stmt *q;
	struct shown s;
	enum status st;

	TRY(find_bundles(v, card, &s));
	q = database_sql(&v->db, SQL_DROP_GET);
	sql_u64(q, 1, card);
	TRY(sql_next(q));
	st = make(v, &s, q, out);
	(void)sqlite3_reset(q);
	return st;
}
