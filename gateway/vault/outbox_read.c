/* outbox_read.c -- OUTBOX_READ: the body of a put that the courier has. */
#include "base/log.h"
#include "vault/outbox_row.h"
#include "vault/pickup.h"

enum { CHUNK = 131072 };

static enum status
read_index(const struct taken *t, uint64_t offset, struct buf *out)
{
	struct span all = { t->body, t->size };

	return offset > t->size ? ST_INVALID
	    : buf_append_span(out, span_slice(all, offset, CHUNK));
}

/* The last bytes leave only if all of them are what intake stored: a put of
 * anything else is never whole. */
static enum status
check_digest(struct taken *t, uint64_t offset, struct span bytes)
{
	uint8_t digest[32];
	struct sha256 copy;

	if (offset == 0) {
		sha256_start(&t->hash);
		t->hashed = 0;
	}
	if (offset == t->hashed) {
		sha256_add(&t->hash, bytes);
		t->hashed += bytes.len;
	}
	if (offset + bytes.len < t->size)
		return ST_OK;
	if (t->hashed != t->size)
		return ST_INVALID;
	copy = t->hash;
	sha256_finish(&copy, digest);
	return memcmp(digest, t->sha256, 32) == 0 ? ST_OK : ST_CORRUPT;
}

static enum status
read_object(struct vault *v, struct taken *t, uint64_t offset,
    struct buf *out)
{
	struct bundle b;
	enum status st;

	TRY(bundle_load(v, t->bundle, &b));
	if (!bundle_is_open(v, &b) || b.size != t->size)
		return ST_NOT_FOUND;
	TRY(object_read(v, &b, offset, out));
	st = check_digest(t, offset, buf_span(out));
	if (st == ST_CORRUPT)
		log_line(LOG_ERROR, "an object is not what was stored; it does "
		    "not leave: let the LIS send it again");
	return st;
}

/* Ended, frozen or stopped while it was out: no more of it leaves, wherever
 * the branch still has it. */
static bool
is_wanted(struct vault *v, const struct taken *t)
{
	struct outbox_row row;

	return row_load(v, t->row, &row) == ST_OK && row.kind == t->kind;
}

static enum status
read_part(struct vault *v, struct taken *t, uint64_t offset, struct buf *bytes)
{
	if (t == NULL || !is_wanted(v, t))
		return ST_NOT_FOUND;
	if (t->kind == OUTBOX_PUT_INDEX)
		return read_index(t, offset, bytes);
	return t->kind == OUTBOX_PUT_OBJECT ? read_object(v, t, offset, bytes)
	    : ST_NOT_FOUND;
}

static void
send_data(struct vault *v, uint64_t job, struct taken *t, uint64_t offset)
{
	static uint8_t storage[CHUNK];	/* not secret: ciphertext */
	struct buf bytes = buf_over(storage, sizeof(storage));
	struct message m = { .id = MSG_OUTBOX_DATA };
	enum status st = read_part(v, t, offset, &bytes);

	m.outbox_data.job = job;
	m.outbox_data.offset = offset;
	m.outbox_data.outcome = (uint64_t)(st == ST_OK ? ST_OK : ST_NOT_FOUND);
	if (st == ST_OK)
		m.outbox_data.data = buf_span(&bytes);
	vault_send(v, ROLE_COURIER, &m);
}

/* See outbox.h. */
void
on_outbox_read(struct vault *v, const struct message *m)
{
	struct taken *t = taken_find(&v->outbox, m->outbox_read.job);

	if (t == NULL || t->is_new) {
		send_data(v, m->outbox_read.job, NULL, m->outbox_read.offset);
		return;
	}
	t->wants = true;
	t->offset = m->outbox_read.offset;
	outbox_pump(v);
}

/* See outbox.h. */
void
outbox_pump(struct vault *v)
{
	for (size_t i = 0; i < TAKEN_MAX; i++) {
		struct taken *t = &v->outbox.taken[i];

		if (!t->is_used || !t->wants)
			continue;
		if (v->exit.is_full(v->exit.owner, ROLE_COURIER))
			return;
		t->wants = false;
		send_data(v, t->row, t, t->offset);
	}
}

/* See outbox.h. */
void
outbox_courier_lost(struct vault *v)
{
	taken_forget(&v->outbox);
}
