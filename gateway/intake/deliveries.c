#include "intake/deliveries.h"

/* See deliveries.h. */
enum status
deliveries_add(struct deliveries *all, struct delivery *d,
    const struct delivery_owner *events, void *owner)
{
	if (all->n == DELIVERY_SLOTS)
		return ST_NO_SPACE;
	delivery_init(d, &all->shared, events, owner, all->n);
	all->slot[all->n++] = d;
	return ST_OK;
}

/* See deliveries.h. */
void
deliveries_take(struct deliveries *all, const struct message *m)
{
	/* The first field of each of the four. */
	unsigned slot = delivery_slot_of(m->delivery_state.delivery);

	if (slot < all->n)
		delivery_take(all->slot[slot], m);
}

/* See deliveries.h. */
void
deliveries_fail(struct deliveries *all)
{
	for (unsigned i = 0; i < all->n; i++)
		delivery_fail(all->slot[i]);
}

/* See deliveries.h. */
void
deliveries_kick(struct deliveries *all)
{
	for (unsigned i = 0; i < all->n; i++)
		delivery_kick(all->slot[i]);
}

/* See deliveries.h. */
void
deliveries_grant(struct deliveries *all)
{
	struct ticket *t;

	while ((t = budget_next(&all->shared.working)) != NULL)
		delivery_kick(t->owner);
}

/* See deliveries.h. */
bool
deliveries_turn(struct deliveries *all)
{
	all->shared.turn++;
	if (!all->shared.has_put_off)
		return false;
	all->shared.has_put_off = false;
	for (unsigned i = 0; i < all->n; i++) {
		struct delivery *d = all->slot[i];

		if (!d->is_put_off)
			continue;
		d->is_put_off = false;
		delivery_kick(d);
	}
	return all->shared.has_put_off;
}
