/*
 * deliveries.h -- every delivery of the role, by the slot that its number
 * tells, and what they share.
 */
#ifndef INTAKE_DELIVERIES_H
#define INTAKE_DELIVERIES_H

#include "intake/delivery.h"

struct deliveries {
	struct delivery_shared shared;
	struct delivery *slot[DELIVERY_SLOTS];
	unsigned n;
};

/* Gives `d` a slot for ever.  ST_OK, or ST_NO_SPACE: all are taken. */
MUST_CHECK enum status
deliveries_add(struct deliveries *all, struct delivery *d,
    const struct delivery_owner *events, void *owner);

/* The vault's answers. */
void deliveries_take(struct deliveries *all, const struct message *m);

/* The vault is gone. */
void deliveries_fail(struct deliveries *all);

/* The channel has room again. */
void deliveries_kick(struct deliveries *all);

/* A new turn of the loop: those that were put off go on.  True: some were
 * put off again, and the loop must not sleep. */
bool deliveries_turn(struct deliveries *all);

/* Memory was given back: who waits for it goes on. */
void deliveries_grant(struct deliveries *all);

#endif
