/* pickup_fake.h -- stands in for pickup/pickup.c and ipc/role.c: one session,
 * one exchange, and a vault that the test plays. */
#ifndef FAKES_PICKUP_FAKE_H
#define FAKES_PICKUP_FAKE_H

#include "pickup/pickup.h"

extern struct pickup_fake {
	struct pickup   pickup;
	struct session  session;
	struct exchange exchange;
	struct role     role;
	struct message  asked;		/* the last question */
	uint8_t  kept[512];		/* copies of its bytes */
	size_t   n_kept;
	unsigned n_asked, n_returned_sessions, n_taken, n_returned;
	enum status send_outcome;
} pickup_fake;

/* Everything as after pickup_init(), on a fresh session that reads. */
void pickup_fake_reset(uv_loop_t *loop);

/* What the vault would send. */
void pickup_fake_deliver(const struct message *m);

#endif
