/*
 * pulse.h -- the line between guichetd and PID 1 (guichetd --pulse FD), a
 * SOCK_SEQPACKET: a byte every five seconds says that guichetd's loop turns;
 * what comes back is the box file anew (config/box.h), whole, whenever
 * something in it has changed.
 *
 * Never blocks, and asks nothing: a PID 1 that does not read is its own affair.
 */
#ifndef SUPERVISOR_PULSE_H
#define SUPERVISOR_PULSE_H

#include <uv.h>

#include "config/box.h"

struct pulse {
	int         fd;		/* -1: nobody is there */
	struct box *box;	/* where the new one goes; borrowed */
	void      (*on_news)(void *owner);	/* it is there */
	void       *owner;
	uv_timer_t  timer;	/* ours */
};

/* The other fields are set.  The descriptor becomes non-blocking and no
 * role's. */
void pulse_start(struct pulse *p, uv_loop_t *loop);

#endif
