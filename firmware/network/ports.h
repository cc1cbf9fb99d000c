/* ports.h -- brings a port into its namespace, and notices when it goes. */
#ifndef NETWORK_PORTS_H
#define NETWORK_PORTS_H

#include "network/network.h"

/* A namespace with its rules and its loopback, still without a port.
 * ST_OK, or ST_IO with errno; says what failed. */
MUST_CHECK enum status ports_prepare(struct network *n, enum network_side side);

/*
 * Looks for the port; moves, names and configures it.
 *   ST_OK         it is there
 *   ST_NOT_FOUND  it is not
 *   otherwise     it is not usable: port.trouble
 * Says what changed since the last time, once.
 */
MUST_CHECK enum status ports_bring(struct network *n, enum network_side side);

enum ports_news { PORTS_SAME, PORTS_GONE, PORTS_PLUGGED };

/* Of a port that was there: has it gone, or has its cable come back? */
enum ports_news ports_look(struct network *n, enum network_side side);

#endif
