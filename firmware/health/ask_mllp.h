/*
 * ask_mllp.h -- a connection to mllp.listen without a message: connected,
 * our half closed, theirs closed.  A process that stands still never closes.
 */
#ifndef HEALTH_ASK_MLLP_H
#define HEALTH_ASK_MLLP_H

#include "net/conn.h"

struct health;

struct ask_mllp {
	struct conn conn;
	uint8_t storage[256];	/* nobody should send anything */
	bool is_connected, is_shut;
};

void ask_mllp_start(struct health *h);

#endif
