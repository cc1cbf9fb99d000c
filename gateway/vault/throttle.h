/*
 * throttle.h -- wrong attempts, counted where a restart does not forget them.
 *
 * Five counters: per card number (existing or not) and address, per card
 * number alone, per address, per IPv6 network, and for the whole box; each a
 * row of the table in throttle.c.  A number is public, so the right slip has
 * to get through while others try: only the one who tries waits for long.
 * Keys are HMACs: no number or address is stored.  Time is the powered-on
 * counter, which no clock can turn back.  Only wrong attempts count.  No lock
 * is for ever.  Everything happens within the caller's transaction.
 */
#ifndef VAULT_THROTTLE_H
#define VAULT_THROTTLE_H

#include "vault/vault.h"

enum throttle {
	THROTTLE_PAIR, THROTTLE_CARD,
	THROTTLE_ADDRESS, THROTTLE_NETWORK, THROTTLE_BOX,
	THROTTLES
};

struct throttle_keys {
	uint8_t key[THROTTLES][32];
};

void throttle_keys(const struct vault *v, struct span card,
    const uint8_t peer[static 16], struct throttle_keys *out);

/* Seconds until another attempt may be made; 0: now.  `with_card` false
 * leaves the card's own counters out (share passcodes).  As sql_run(). */
MUST_CHECK enum status
throttle_check(struct vault *v, const struct throttle_keys *keys,
    bool with_card, uint64_t *retry_after_s);

/*
 * Counts `wrong` (0 or 1) attempts: 0 does the same work and changes nothing,
 * so that a right and a wrong attempt take the same time.  As sql_run().
 * `*limited` tells whether this one closed a counter.
 */
MUST_CHECK enum status
throttle_count(struct vault *v, const struct throttle_keys *keys,
    bool with_card, unsigned wrong, bool *limited);

#endif
