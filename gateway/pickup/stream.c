#include "pickup/stream.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "pickup/pickup.h"

enum { AROUND_BYTES = 256 };

static void on_data(struct exchange *x, const struct message *m);

/* Pieces are kept for the next stream: the heap would give 128 KiB back to
 * the kernel each time. */
static uint8_t *
take_chunk(struct pickup *p)
{
	if (p->n_streams >= PICKUP_STREAMS_MAX)
		return NULL;
	if (p->n_spare_chunks > 0)
		return p->spare_chunks[--p->n_spare_chunks];
	return malloc(PICKUP_CHUNK_BYTES + 2 * AROUND_BYTES);
}

/* See stream.h. */
void
stream_end(struct exchange *x)
{
	struct pickup *p = x->pickup;
	uint8_t *chunk = x->stream.chunk;

	if (!x->stream.is_open)
		return;
	x->stream.is_open = false;
	wipe(x->stream.name, sizeof(x->stream.name));	/* who knows it may read */
	x->stream.chunk = NULL;
	p->n_streams--;
	if (p->n_spare_chunks < COUNT(p->spare_chunks) && chunk != NULL)
		p->spare_chunks[p->n_spare_chunks++] = chunk;
	else
		free(chunk);
}

static void
ask_next(struct exchange *x)
{
	struct message m = { .id = MSG_OBJECT_READ };
	uint64_t number = exchange_number(x);
	uint8_t peer[16];

	exchange_peer(x, peer);
	m.object_read = (struct msg_object_read){
		.request = number,
		.name = { x->stream.name, sizeof(x->stream.name) },
		.offset = x->stream.offset,
		.peer = { peer, sizeof(peer) },
	};
	exchange_ask(x, &m, number, on_data);
}

/* The piece, with `before` in front of the first, `after` behind the last. */
static struct span
put_together(struct stream *t, struct span data)
{
	struct buf b = buf_over(t->chunk, PICKUP_CHUNK_BYTES +
	    2 * AROUND_BYTES);
	enum status st = ST_OK;

	if (t->offset == 0)
		st = buf_append_span(&b, t->before);
	if (st == ST_OK)
		st = buf_append_span(&b, data);
	t->offset += data.len;
	if (st == ST_OK && t->offset == t->size)
		st = buf_append_span(&b, t->after);
	return st == ST_OK ? buf_span(&b) : (struct span){ 0 };
}

static void
send_first(struct exchange *x, struct span data)
{
	struct stream *t = &x->stream;
	struct reply r = { .code = 200, .content_type = t->content_type };
	uint64_t all = t->before.len + t->size + t->after.len;

	t->has_head = true;
	r.body = put_together(t, data);
	r.more_bytes = all - r.body.len;
	exchange_reply(x, &r);
}

static bool
is_next_piece(const struct stream *t, const struct msg_object_data *d)
{
	if (t->has_head && d->size != t->size)
		return false;
	return d->data.len > 0 && d->data.len <= PICKUP_CHUNK_BYTES &&
	    d->data.len <= d->size - t->offset;
}

static void
refuse(struct exchange *x, const struct message *m)
{
	unsigned code = m == NULL ? 503 :
	    exchange_code_of(m->object_data.outcome);

	if (x->stream.has_head) {
		session_abort(x->session);	/* never a short body */
		return;
	}
	stream_end(x);
	if (code == 404)
		exchange_refuse_late(x, code, 0);
	else
		exchange_refuse(x, code, PICKUP_RETRY_S);
}

static void
on_data(struct exchange *x, const struct message *m)
{
	struct stream *t = &x->stream;

	if (m == NULL || m->id != MSG_OBJECT_DATA ||
	    m->object_data.outcome != ST_OK ||
	    !is_next_piece(t, &m->object_data)) {
		refuse(x, m != NULL && m->id == MSG_OBJECT_DATA &&
		    m->object_data.outcome != ST_OK ? m : NULL);
		return;
	}
	t->size = m->object_data.size;
	if (t->has_head)
		exchange_send(x, put_together(t, m->object_data.data));
	else
		send_first(x, m->object_data.data);
}

/* See stream.h. */
void
stream_object(struct exchange *x, const uint8_t name[static 32],
    const char *content_type, struct span before, struct span after)
{
	uint8_t *chunk = take_chunk(x->pickup);

	if (before.len > AROUND_BYTES || after.len > AROUND_BYTES)
		unexpected("text around an object", (int)before.len);
	if (chunk == NULL) {
		exchange_refuse(x, 503, PICKUP_RETRY_S);
		return;
	}
	x->pickup->n_streams++;
	x->stream = (struct stream){ .chunk = chunk, .is_open = true,
	    .content_type = content_type, .before = before, .after = after };
	memcpy(x->stream.name, name, sizeof(x->stream.name));
	ask_next(x);
}

/* See stream.h. */
bool
stream_go_on(struct exchange *x)
{
	if (!x->stream.is_open)
		return false;
	if (x->stream.offset < x->stream.size) {
		ask_next(x);
		return true;
	}
	stream_end(x);
	return false;
}
