/*
 * listener.h -- takes connections from a listening socket, as many as its
 * owner has room for and no more.
 *
 * When the owner has no room, nothing is accepted until listener_resume();
 * clients wait in the kernel's queue.  Out of descriptors counts as no room
 * for that one connection: it is closed at once.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "net/conn.h"

struct listener {
	/* A connection waits: returns a conn whose own fields (on_event,
	 * owner, idle_ms, storage) are set, or NULL where there is no room. */
	struct conn *(*on_waiting)(void *owner);
	/* It was accepted into `c`: the owner wraps it in TLS, or reads. */
	void (*on_accepted)(void *owner, struct conn *c);
	/* It could not be accepted; `c` is free again. */
	void (*on_refused)(void *owner, struct conn *c);
	void *owner;
	/* ---- */
	uv_tcp_t tcp;
	bool is_open, is_waiting;
};

/*
 * Takes over `fd`, a bound stream socket, and listens.  ST_OK, or ST_IO: the
 * descriptor stays the caller's, and `l` belongs to the loop for ever.
 */
MUST_CHECK enum status
listener_open(struct listener *l, uv_loop_t *loop, int fd);

/* The owner has room again; idempotent, harmless when nothing waits. */
void listener_resume(struct listener *l);

/* Idempotent.  The kernel's queue is refused; accepted ones live on. */
void listener_close(struct listener *l);

#endif
