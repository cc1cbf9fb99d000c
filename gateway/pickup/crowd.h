/*
 * crowd.h -- how many connections each address holds, and which.
 *
 * All in O(1): an attacker's addresses are counted as fast as a patient's.
 * An address is a whole one (IPv4, or IPv6 with all its bits): in a branch's
 * network a prefix would be everybody.
 * Never: logs an address, keeps one that holds nothing.
 */
#ifndef PICKUP_CROWD_H
#define PICKUP_CROWD_H

#include "pickup/session.h"

/* One address. */
struct holder {
	uint8_t  address[16];
	unsigned n_sessions;
	struct session *oldest, *newest;
	struct holder *next_in_bucket, **link_in_bucket;
	struct holder *next_like, **link_like;	/* those with as many */
};

struct crowd {
	struct holder  *holders, *free_holders;
	struct holder **buckets;	/* a hash table, keyed with key[] */
	struct holder **with;		/* [n]: those that hold n */
	unsigned n_holders;		/* ever touched */
	unsigned bits;			/* log2 of the number of buckets */
	unsigned most;			/* what the largest holds; 0: nobody */
	uint64_t key[2];
};

/* Room for `sessions_max` sessions, touched when needed; ST_OK or
 * ST_NO_SPACE.  For the life of the process. */
MUST_CHECK enum status crowd_init(struct crowd *c, unsigned sessions_max);

/* `s` belongs to `address` until crowd_leave(). */
void crowd_enter(struct crowd *c, struct session *s,
    const uint8_t address[static 16]);

/* Idempotent; harmless for one that never entered. */
void crowd_leave(struct crowd *c, struct session *s);

/* Of the sessions of the address of `s`, the oldest without a request; NULL
 * where all have one. */
struct session *crowd_idle_beside(const struct session *s);

/* Of the address that holds most, and more than one: its oldest session
 * without a request, else its oldest.  NULL where each holds one at most. */
struct session *crowd_dispensable(const struct crowd *c);

#endif
