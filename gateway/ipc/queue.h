/*
 * queue.h -- bytes waiting to be written to a channel, in chunks.
 *
 * A message is encoded straight into the last chunk.  Chunks never move, so
 * that nothing secret is left behind by a reallocation; what was written is
 * wiped unless its owner said that it is ciphertext.
 * Never: writes to a descriptor.
 */
#ifndef IPC_QUEUE_H
#define IPC_QUEUE_H

#include <sys/uio.h>

#include "base/span.h"

struct queue_chunk;

struct queue {
	struct queue_chunk *first, *last;
	struct queue_chunk *spare;	/* empty ones, kept until queue_trim() */
	unsigned n_spare;
	size_t chunk_bytes;
	size_t bytes;			/* waiting, over all chunks */
};

/* `chunk_bytes`: the longest piece that queue_commit() will be told. */
void queue_init(struct queue *q, size_t chunk_bytes);

/* The room in the last chunk; empty where there is none. */
struct buf queue_room(const struct queue *q);

/* Adds an empty chunk; ST_OK or ST_NO_SPACE (no memory). */
MUST_CHECK enum status queue_grow(struct queue *q);

/* The first `len` bytes of queue_room() are part of the queue now. */
void queue_commit(struct queue *q, size_t len, bool is_secret);

/* Points up to `most` vectors at the oldest bytes; returns how many. */
int queue_vectors(const struct queue *q, struct iovec *vectors, int most);

/* The oldest `len` bytes are written: wipes and forgets them. */
void queue_written(struct queue *q, size_t len);

/* Gives spare chunks back to the kernel. */
void queue_trim(struct queue *q);

/* Wipes and frees everything; the queue is as after queue_init(). */
void queue_clear(struct queue *q);

#endif
