/*
 * watch.h -- pages that are open hear at once when their card's bundles
 * change: a withdrawn report must not stay on a screen.
 *
 * Whoever opens a card gets a ticket for it and asks with that: the request
 * is held until something changes, or for PICKUP_WATCH_MS.  The ticket knows
 * what changed between two requests, so nothing is missed.  A held request
 * counts as an idle connection: it gives way to whoever wants to come in.
 * Never: asks the vault, tells what changed, keeps a token.
 */
#ifndef PICKUP_WATCH_H
#define PICKUP_WATCH_H

#include "pickup/limits.h"
#include "base/span.h"

struct exchange;
struct pickup;

enum { WATCH_CARD_BYTES = 10 };

struct watch {
	uint8_t  ticket[32];	/* the first two bytes: which watch */
	uint8_t  card[WATCH_CARD_BYTES];
	bool     is_used;
	bool     is_changed;	/* since the ticket was made or last used */
	struct exchange *held;	/* NULL: no request is here now */
	uint64_t until_ms;	/* loop time; forgotten then, unless held */
	uint64_t since_ms;	/* loop time; of the held request */
};

struct watches {
	struct watch watch[PICKUP_WATCHES_MAX];
	unsigned n;		/* ever touched */
};

/* A ticket for `card`; false where there is no room: the page asks now and
 * then instead.  Borrowed until the next turn of the loop. */
bool watch_open(struct pickup *p, struct span card, struct span *ticket);

/* Holds the request of x, whose {key} is the ticket; it is answered later:
 * 200 something changed, 204 nothing did, 404, 503. */
void watch_hold(struct exchange *x);

/* Of `card`, or of all where it is WATCH_CARD_BYTES zeroes. */
void watch_changed(struct pickup *p, struct span card);

/* The vault is back: what happened meanwhile is not known. */
void watch_changed_all(struct pickup *p);

/* The request is over; idempotent. */
void watch_drop(struct exchange *x);

#endif
