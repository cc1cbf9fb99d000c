/*
 * channel.h -- one socketpair to one other role: frames, routes, queues.
 *
 * Frame: 2-byte message id, 2 zero bytes, 4-byte body length, body; all
 * big-endian.  A frame that does not decode, or that messages.def does not
 * route from that peer to us, ends the channel: never the process.
 * Never: waits.  Sending copies into a queue; who sends much asks
 * channel_is_full() and goes on in on_drained.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include <uv.h>

#include "ipc/messages.h"

struct channel;

struct channel_events {
	/* `m` borrows from the channel until the call returns. */
	void (*on_message)(void *owner, struct channel *c,
	    const struct message *m);
	/* The queue fell below CHANNEL_LOW_BYTES after it was full. */
	void (*on_drained)(void *owner, struct channel *c);
	/* The peer is gone or sent nonsense; the channel is closed already
	 * and may be opened again.  Called once per open. */
	void (*on_lost)(void *owner, struct channel *c);
};

enum {
	CHANNEL_FULL_BYTES = 1024 * 1024,	/* queued: stop sending bulk */
	CHANNEL_LOW_BYTES  = 256 * 1024
};

/* Embed this; fields belong to channel.c. */
struct channel {
	enum role_id self, peer;
	const struct channel_events *events;	/* borrowed for ever */
	void    *owner;
	bool     is_open;
	struct channel_state *state;		/* heap, while open */
};

void channel_init(struct channel *c, enum role_id self, enum role_id peer,
    const struct channel_events *events, void *owner);

/* Takes over descriptor `fd` (a connected stream socket); ST_OK or ST_IO. */
MUST_CHECK enum status
channel_open(struct channel *c, uv_loop_t *loop, int fd);

/*
 * Queues one message.
 *
 *   ST_OK       queued; the bytes were copied
 *   ST_IO       the channel is not open
 *   ST_DENIED   messages.def does not route it
 *   ST_TOO_BIG  a field is over its limit
 *   ST_BUSY     more than CHANNEL_FULL_BYTES + one message is queued
 */
MUST_CHECK enum status channel_send(struct channel *c, const struct message *m);

bool channel_is_full(const struct channel *c);

/* Bytes not yet written to the kernel; 0 when closed. */
size_t channel_queued_bytes(const struct channel *c);

/* Stops reading (back-pressure) and starts again; idempotent. */
void channel_pause(struct channel *c);
void channel_resume(struct channel *c);

/* Idempotent.  What is queued is lost; on_lost is not called. */
void channel_close(struct channel *c);

#endif
