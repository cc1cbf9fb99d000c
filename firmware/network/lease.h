/*
 * lease.h -- what guichet-dhcp tells init: one message of fixed size, in the
 * machine's own order, over a SOCK_SEQPACKET pair.  Pure.
 *
 * Both check it: the client before it asks for an address, init because it
 * does not believe the client.
 */
#ifndef NETWORK_LEASE_H
#define NETWORK_LEASE_H

#include <stdbool.h>

#include "base/span.h"
#include "config/interface.h"

enum {
	LEASE_DNS_MAX = 3,
	LEASE_SECONDS_LEAST = 10,
	LEASE_SECONDS_MOST = 7 * 24 * 3600	/* longer ones are cut to it */
};

/* Addresses in host order. */
struct lease {
	uint32_t address;	/* 0: there is no lease any more; all else 0 */
	uint32_t prefix;	/* 8 to 30 */
	uint32_t router;	/* inside of the network; 0: none */
	uint32_t dns[LEASE_DNS_MAX];	/* unicast; 0 ends the list */
	uint32_t seconds;	/* from now */
};

_Static_assert(sizeof(struct lease) == 28, "no padding");

/*
 * NULL when everything is as said above; otherwise why not, in static words
 * for a log.  `lab`: the network of the lab port, which may not overlap;
 * NULL where it is not known.
 */
const char *lease_refusal(const struct lease *lease,
    const struct interface *lab);

/* "nameserver 192.0.2.1\n" for each.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status lease_resolv(const struct lease *lease, struct buf *out);

#endif
