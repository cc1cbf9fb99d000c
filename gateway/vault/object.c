/* object.c -- OBJECT_READ: sealed bytes leave, after their audit record. */
#include <stdlib.h>

#include "base/log.h"
#include "crypto/digest.h"
#include "vault/pickup.h"

enum { CHUNK = 131072, OPENED_MS = 10 * 60 * 1000 };

/* A request whose record is durable and whose bytes wait for room. */
struct object_reading {
	struct object_reading *next;
	uint64_t request, offset;
	uint8_t  name[32];
};

static enum status
find_by_ticket(struct vault *v, const uint8_t *hash, struct bundle *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_TICKET_GET);
	uint64_t id;
	bool ended;

	sql_bytes(q, 1, hash, 32);
	TRY(sql_next(q));
	id = col_u64(q, 0);
	ended = clock_is_closed(&v->clock, col_u64(q, 1), col_u64(q, 2));
	(void)sqlite3_reset(q);
	return ended ? ST_NOT_FOUND : bundle_load(v, id, out);
}

/* See pickup.h.  The index holds hashes: comparing them tells no name. */
enum status
object_find(struct vault *v, struct span name, struct bundle *out)
{
	uint8_t hash[32];
	enum status st;

	sha256(name, hash);
	st = bundle_by_name(v, hash, out);
	if (st == ST_NOT_FOUND)
		st = find_by_ticket(v, hash, out);
	TRY(st);
	return bundle_is_open(v, out) ? ST_OK : ST_NOT_FOUND;
}

static enum status
read_row(struct vault *v, const struct bundle *b, uint64_t offset, size_t len,
    uint8_t *out)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_OBJECT_GET);
	struct span bytes;
	enum status st = ST_OK;

	sql_u64(q, 1, b->id);
	TRY(sql_next(q));
	bytes = span_slice(col_blob(q, 0), offset, len);
	if (bytes.len == len)
		memcpy(out, bytes.ptr, len);
	else
		st = ST_CORRUPT;
	(void)sqlite3_reset(q);
	return st;
}

/* See pickup.h. */
enum status
object_read(struct vault *v, const struct bundle *b, uint64_t offset,
    struct buf *out)
{
	size_t len = out->max;

	if (offset >= b->size)
		return offset == b->size ? ST_OK : ST_INVALID;
	if (len > b->size - offset)
		len = (size_t)(b->size - offset);
	if (b->extent.segment != 0)
		TRY(segments_read(&v->segments, &b->extent, offset, out->ptr,
		    len));
	else
		TRY(read_row(v, b, offset, len, out->ptr));
	out->len = len;
	return ST_OK;
}

static void
send_refusal(struct vault *v, uint64_t request, enum status st)
{
	struct message m = { .id = MSG_OBJECT_DATA };

	m.object_data.request = request;
	m.object_data.outcome = (uint64_t)(st == ST_NOT_FOUND
	    || st == ST_INVALID ? ST_NOT_FOUND : ST_BUSY);
	vault_send(v, ROLE_PICKUP, &m);
}

static void
send_chunk(struct vault *v, const struct object_reading *r)
{
	static uint8_t storage[CHUNK];	/* not secret: ciphertext */
	struct buf bytes = buf_over(storage, sizeof(storage));
	struct message m = { .id = MSG_OBJECT_DATA };
	struct bundle b;
	enum status st = object_find(v, (struct span){ r->name, 32 }, &b);

	if (st == ST_OK)
		st = object_read(v, &b, r->offset, &bytes);
	if (st == ST_CORRUPT || st == ST_IO)
		log_line(LOG_ERROR, "segment %llu: an object cannot be read: "
		    "%s", (unsigned long long)b.extent.segment,
		    status_text(st));
	if (st != ST_OK) {
		send_refusal(v, r->request, st);
		return;
	}
	m.object_data.request = r->request;
	m.object_data.outcome = ST_OK;
	m.object_data.size = b.size;
	m.object_data.data = buf_span(&bytes);
	vault_send(v, ROLE_PICKUP, &m);
}

/* See pickup.h. */
void
reads_pump(struct vault *v)
{
	struct object_reading *r;

	while ((r = v->first_read) != NULL
	    && !v->exit.is_full(v->exit.owner, ROLE_PICKUP)) {
		v->first_read = r->next;
		if (v->first_read == NULL)
			v->last_read = NULL;
		send_chunk(v, r);
		free(r);
	}
}

/* See pickup.h. */
void
reads_drop(struct vault *v)
{
	struct object_reading *r;

	while ((r = v->first_read) != NULL) {
		v->first_read = r->next;
		free(r);
	}
	v->last_read = NULL;
}

static void
queue_read(struct vault *v, const struct msg_object_read *m)
{
	struct object_reading *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		send_refusal(v, m->request, ST_BUSY);
		return;
	}
	r->request = m->request;
	r->offset = m->offset;
	memcpy(r->name, m->name.ptr, 32);
	if (v->last_read == NULL)
		v->last_read = &v->first_read;
	*v->last_read = r;
	v->last_read = &r->next;
}

/* --- the record before the first byte ------------------------------------ */

static bool
was_opened(const struct vault *v, struct span name)
{
	uint8_t hash[32];

	sha256(name, hash);
	for (size_t i = 0; i < READS_MAX; i++) {
		if (v->opened[i].until_ms > v->clock.boot_ms
		    && memcmp(v->opened[i].name_hash, hash, 32) == 0)
			return true;
	}
	return false;
}

static void
remember(struct vault *v, struct span name)
{
	struct opened_read *o = &v->opened[v->next_opened++ % READS_MAX];

	sha256(name, o->name_hash);
	o->until_ms = v->clock.boot_ms + OPENED_MS;
}

static enum status
apply(struct vault *v, struct job *job)
{
	const struct msg_object_read *m = &job->m.object_read;
	struct bundle b;
	char bid[BID_TEXT];
	sqlite3_stmt *q;

	job->result.outcome = object_find(v, m->name, &b);
	if (job->result.outcome != ST_OK)
		return job->result.outcome == ST_NOT_FOUND ? ST_OK
		    : job->result.outcome;
	q = database_sql(&v->db, SQL_BUNDLE_READ);
	sql_u64(q, 1, b.id);
	TRY(sql_run(q));
	bid_write(b.bid, bid);
	return audit_pickup(v, "read", "branch", "ok",
	    (struct span){ (uint8_t *)bid, BID_TEXT }, m->peer.ptr);
}

static void
answer(struct vault *v, struct job *job)
{
	const struct msg_object_read *m = &job->m.object_read;

	if (job->result.outcome != ST_OK) {
		send_refusal(v, m->request, job->result.outcome);
		return;
	}
	remember(v, m->name);
	queue_read(v, m);
	reads_pump(v);
}

static const struct job_kind object_read_job = { apply, answer, false };

/*
 * See pickup.h.  A name that is nobody's costs no transaction: 256 bits need
 * no counter, and a flood of them must not wear out the flash.
 */
void
on_object_read(struct vault *v, const struct message *m)
{
	const struct msg_object_read *read = &m->object_read;
	struct bundle b;
	enum status st = clock_may_pickup(&v->clock)
	    ? object_find(v, read->name, &b) : ST_BUSY;

	if (st != ST_OK) {
		send_refusal(v, read->request, st);
	} else if (read->offset > 0 && was_opened(v, read->name)) {
		queue_read(v, read);
		reads_pump(v);
	} else
		job_add(v, &object_read_job, m);
}
