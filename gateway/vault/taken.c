#include "vault/taken.h"

#include <stdlib.h>

/* See taken.h. */
struct taken *
taken_add(struct outbox_state *o, uint64_t row)
{
	for (size_t i = 0; i < TAKEN_MAX; i++) {
		struct taken *t = &o->taken[i];

		if (t->is_used)
			continue;
		*t = (struct taken){ .is_used = true, .is_new = true,
		    .row = row };
		return t;
	}
	return NULL;
}

/* See taken.h. */
struct taken *
taken_find(struct outbox_state *o, uint64_t row)
{
	for (size_t i = 0; i < TAKEN_MAX; i++) {
		if (o->taken[i].is_used && o->taken[i].row == row)
			return &o->taken[i];
	}
	return NULL;
}

/* See taken.h. */
unsigned
taken_count(const struct outbox_state *o, uint64_t channel)
{
	unsigned n = 0;

	for (size_t i = 0; i < TAKEN_MAX; i++)
		n += o->taken[i].is_used && o->taken[i].channel == channel;
	return n;
}

/* See taken.h. */
void
taken_free(struct taken *t)
{
	free(t->body);
	*t = (struct taken){ .is_used = false };
}

/* See taken.h. */
void
taken_committed(struct outbox_state *o)
{
	for (size_t i = 0; i < TAKEN_MAX; i++)
		o->taken[i].is_new = false;
}

/* See taken.h. */
void
taken_rolled_back(struct outbox_state *o)
{
	for (size_t i = 0; i < TAKEN_MAX; i++) {
		if (o->taken[i].is_new)
			taken_free(&o->taken[i]);
	}
}

/* See taken.h. */
void
taken_forget(struct outbox_state *o)
{
	for (size_t i = 0; i < TAKEN_MAX; i++)
		taken_free(&o->taken[i]);
	for (size_t i = 0; i < CHANNEL_COUNT; i++)
		o->idle[i] = false;
}
