/*
 * uplink.h -- the WAN port where its address comes by DHCP: guichet-dhcp, one
 * UDP socket for it, and what its messages change.
 */
#ifndef NETWORK_UPLINK_H
#define NETWORK_UPLINK_H

#include "network/network.h"

/* No lease, no client; and an empty file of name servers, which those who
 * read it later open at their start.  ST_OK, or ST_IO with errno. */
MUST_CHECK enum status uplink_init(struct network *n);

/* Starts the client where one is due; takes the address away where its lease
 * has ended, whatever became of the client. */
void uplink_tick(struct network *n, uint64_t now_ms);

/* The port is gone, and with it all that was set up on it. */
void uplink_gone(struct network *n);

/* Another network, perhaps: the client asks from the start. */
void uplink_plugged(struct network *n);

void uplink_on_readable(struct network *n, uint64_t now_ms);

/* True where the client was it. */
bool uplink_on_exit(struct network *n, pid_t pid, uint64_t now_ms);

#endif
