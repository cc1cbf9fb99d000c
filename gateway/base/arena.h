/*
 * arena.h -- memory for one delivery: many small pieces, freed all at once.
 *
 * Grows by chunks up to a stated limit and is wiped before it is given back,
 * because in intake it holds plaintext.  Not for secrets that must be in
 * locked memory.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks;
	size_t used;	/* bytes handed out, over all chunks */
	size_t limit;	/* bytes that may be handed out in all */
};

void arena_init(struct arena *a, size_t limit_bytes);

/*
 * `size` zeroed bytes, aligned for any type; valid until arena_clear().
 * NULL where that would pass the limit or the kernel has no memory: the
 * caller answers ST_TOO_BIG.
 */
void *arena_alloc(struct arena *a, size_t size);

/* An arena copy of `s`; {NULL, 0} where arena_alloc() gives NULL. */
struct span arena_copy(struct arena *a, struct span s);

/* Wipes and gives back everything; the arena may be used again. */
void arena_clear(struct arena *a);

#endif
