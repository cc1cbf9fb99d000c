#include "base/arena.h"

#include <stdlib.h>

#include "base/wipe.h"

enum { CHUNK_BYTES = 64 * 1024, ALIGN_BYTES = 16 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;	/* bytes after this header */
	_Alignas(ALIGN_BYTES) uint8_t data[];
};

/* See arena.h. */
void
arena_init(struct arena *a, size_t limit_bytes)
{
	*a = (struct arena){ .limit = limit_bytes };
}

static struct arena_chunk *
chunk_with_room(struct arena *a, size_t size)
{
	struct arena_chunk *c = a->chunks;
	size_t want = size > CHUNK_BYTES ? size : CHUNK_BYTES;

	if (c != NULL && c->size - c->used >= size)
		return c;
	c = calloc(1, sizeof(*c) + want);
	if (c == NULL)
		return NULL;
	c->size = want;
	/* A chunk made for one big piece is full at once: keep the roomy one
	 * in front, so that small pieces go on filling it. */
	if (size > CHUNK_BYTES && a->chunks != NULL) {
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	return c;
}

/* See arena.h. */
void *
arena_alloc(struct arena *a, size_t size)
{
	struct arena_chunk *c;
	void *piece;

	if (size > a->limit - a->used)
		return NULL;
	size = (size + ALIGN_BYTES - 1) & ~(size_t)(ALIGN_BYTES - 1);
	if (size > a->limit - a->used)
		size = a->limit - a->used;
	c = chunk_with_room(a, size);
	if (c == NULL)
		return NULL;
	piece = c->data + c->used;
	c->used += size;
	a->used += size;
	return piece;
}

/* See arena.h. */
struct span
arena_copy(struct arena *a, struct span s)
{
	uint8_t *copy = arena_alloc(a, s.len);

	if (copy == NULL)
		return (struct span){ 0 };
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return (struct span){ copy, s.len };
}

/* See arena.h. */
void
arena_clear(struct arena *a)
{
	struct arena_chunk *c = a->chunks, *next;

	for (; c != NULL; c = next) {
		next = c->next;
		wipe(c->data, c->used);
		free(c);
	}
	a->chunks = NULL;
	a->used = 0;
}
