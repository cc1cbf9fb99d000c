/*
 * inbox.h -- bytes read from a channel, cut into frames.
 *
 * Frame: 2-byte message id, 2 zero bytes, 4-byte body length, body; all
 * big-endian.  The storage grows once, when a long frame is announced, and
 * never past the longest frame that this direction may carry.
 * Never: reads from a descriptor, knows what a message is.
 */
#ifndef IPC_INBOX_H
#define IPC_INBOX_H

#include "base/span.h"

enum { FRAME_HEAD_BYTES = 8 };

struct inbox {
	uint8_t *ptr;		/* NULL while nothing is held */
	size_t   head, tail;	/* bytes [head, tail) are not consumed */
	size_t   size;
	size_t   limit;		/* longest frame, with its head */
};

/* `body_max`: the longest body that the peer may send. */
void inbox_init(struct inbox *in, size_t body_max);

/*
 * Where the next bytes may be read to: at least one byte.
 * {NULL, 0, 0} when there is no memory.
 */
struct buf inbox_room(struct inbox *in);

/* `len` bytes were read into inbox_room(). */
void inbox_add(struct inbox *in, size_t len);

/*
 *   ST_OK        a whole frame; `body` borrows until inbox_done()
 *   ST_MORE      not yet
 *   ST_MALFORMED the two zero bytes are not zero
 *   ST_TOO_BIG   longer than this direction allows
 */
MUST_CHECK enum status
inbox_next(const struct inbox *in, uint64_t *id, struct span *body);

/* Forgets the frame that inbox_next() gave; wipes it if it is secret. */
void inbox_done(struct inbox *in, size_t body_len, bool is_secret);

/* Gives the storage back if nothing waits in it. */
void inbox_trim(struct inbox *in);

/* Wipes and frees. */
void inbox_clear(struct inbox *in);

/* Appends a frame's head to `out`: ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
frame_head(uint64_t id, size_t body_len, struct buf *out);

#endif
