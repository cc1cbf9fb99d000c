/*
 * pace.h -- is it too slow, what a sender is in the middle of?
 *
 * A sender that drips a byte now and then would hold its place, and the
 * memory of what it sent before, for ever.  It may pause for the idle time,
 * and every byte earns it some more; what it did not use of that does not add
 * up, so that a burst at the start buys no hours of silence.
 */
#ifndef INTAKE_PACE_H
#define INTAKE_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PACE_BYTES_PER_S     = 1024,
	/* Of what holds memory that others may wait for: budget.h, `each`. */
	PACE_BIG             = 512 * 1024,
	PACE_BIG_BYTES_PER_S = 16 * 1024
};

struct pace {
	uint64_t until_ms;	/* loop time; 0: in the middle of nothing */
	size_t   seen;		/* bytes */
};

/* From `now` on it may pause for the idle time. */
static inline void
pace_start(struct pace *p, uint64_t now, uint64_t idle_ms)
{
	p->until_ms = now + idle_ms;
}

static inline void
pace_end(struct pace *p)
{
	*p = (struct pace){ 0 };
}

/* `bytes` are here of what is being received; starts where it has not. */
static inline bool
pace_is_slow(struct pace *p, uint64_t now, uint64_t idle_ms, size_t bytes)
{
	size_t more = bytes > p->seen ? bytes - p->seen : 0;

	if (p->until_ms == 0)
		pace_start(p, now, idle_ms);
	p->seen = bytes;
	p->until_ms += (uint64_t)more * 1000 / (bytes > PACE_BIG
	    ? PACE_BIG_BYTES_PER_S : PACE_BYTES_PER_S);
	if (now > p->until_ms)
		return true;
	if (p->until_ms > now + idle_ms)
		p->until_ms = now + idle_ms;
	return false;
}

#endif
