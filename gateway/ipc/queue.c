#include "ipc/queue.h"

#include <stdlib.h>

#include "base/wipe.h"

enum { SPARE_MAX = 4 };

struct queue_chunk {
	struct queue_chunk *next;
	size_t  head, tail;	/* bytes [head, tail) wait */
	bool    is_secret;
	uint8_t bytes[];
};

/* See queue.h. */
void
queue_init(struct queue *q, size_t chunk_bytes)
{
	*q = (struct queue){ .chunk_bytes = chunk_bytes };
}

/* See queue.h. */
struct buf
queue_room(const struct queue *q)
{
	struct queue_chunk *c = q->last;

	if (c == NULL)
		return (struct buf){ NULL, 0, 0 };
	return buf_over(c->bytes + c->tail, q->chunk_bytes - c->tail);
}

static struct queue_chunk *
take_chunk(struct queue *q)
{
	struct queue_chunk *c = q->spare;

	if (c != NULL) {
		q->spare = c->next;
		q->n_spare--;
	} else if ((c = malloc(sizeof(*c) + q->chunk_bytes)) == NULL) {
		return NULL;
	}
	c->next = NULL;
	c->head = c->tail = 0;
	c->is_secret = false;
	return c;
}

/* See queue.h. */
enum status
queue_grow(struct queue *q)
{
	struct queue_chunk *c = take_chunk(q);

	if (c == NULL)
		return ST_NO_SPACE;
	if (q->last == NULL)
		q->first = c;
	else
		q->last->next = c;
	q->last = c;
	return ST_OK;
}

/* See queue.h. */
void
queue_commit(struct queue *q, size_t len, bool is_secret)
{
	q->last->tail += len;
	q->last->is_secret |= is_secret;
	q->bytes += len;
}

/* See queue.h. */
int
queue_vectors(const struct queue *q, struct iovec *vectors, int most)
{
	int n = 0;

	for (struct queue_chunk *c = q->first; c != NULL && n < most; c = c->next)
		if (c->tail > c->head)
			vectors[n++] = (struct iovec){ c->bytes + c->head,
			    c->tail - c->head };
	return n;
}

static void
drop_first(struct queue *q)
{
	struct queue_chunk *c = q->first;

	q->first = c->next;
	if (q->first == NULL)
		q->last = NULL;
	if (c->is_secret)
		wipe(c->bytes, c->tail);
	if (q->n_spare == SPARE_MAX) {
		free(c);
		return;
	}
	c->next = q->spare;
	q->spare = c;
	q->n_spare++;
}

/* See queue.h. */
void
queue_written(struct queue *q, size_t len)
{
	q->bytes -= len;
	while (q->first != NULL) {
		struct queue_chunk *c = q->first;
		size_t here = c->tail - c->head;

		if (len < here) {
			c->head += len;
			return;
		}
		len -= here;
		drop_first(q);
	}
}

/* See queue.h. */
void
queue_trim(struct queue *q)
{
	struct queue_chunk *c;

	while ((c = q->spare) != NULL) {
		q->spare = c->next;
		free(c);
	}
	q->n_spare = 0;
}

/* See queue.h. */
void
queue_clear(struct queue *q)
{
	while (q->first != NULL) {
		q->first->is_secret = true;
		drop_first(q);
	}
	q->bytes = 0;
	queue_trim(q);
}
