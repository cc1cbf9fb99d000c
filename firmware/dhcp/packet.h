/*
 * packet.h -- DHCP messages as a client of one Ethernet port needs them
 * (RFC 2131 section 2, RFC 2132).  Pure.
 *
 * Never: reads past what was given, believes a server's file or boot options,
 * says anything about the box but its hardware address.
 */
#ifndef DHCP_PACKET_H
#define DHCP_PACKET_H

#include <stdbool.h>

#include "base/span.h"
#include "network/lease.h"

enum {
	PACKET_MAC_BYTES = 6,
	PACKET_SENT_MAX = 320,	/* what packet_write() needs */
	PACKET_READ_MAX = 1500	/* what a server may send us: option 57 */
};

/* RFC 2132 section 9.6. */
enum packet_kind {
	PACKET_DISCOVER = 1, PACKET_OFFER, PACKET_REQUEST, PACKET_DECLINE,
	PACKET_ACK, PACKET_NAK, PACKET_RELEASE
};

/* What we ask.  Addresses are in host order, 0: not in the message. */
struct packet_question {
	enum packet_kind kind;	/* DISCOVER or REQUEST */
	uint32_t xid;
	uint16_t seconds;	/* since we began to ask */
	uint8_t  mac[PACKET_MAC_BYTES];
	uint32_t own;		/* ciaddr: the lease that we have */
	uint32_t wanted;	/* option 50 */
	uint32_t server;	/* option 54 */
};

/* What a server says.  0: it did not say that. */
struct packet_answer {
	enum packet_kind kind;	/* OFFER, ACK or NAK */
	uint32_t xid;
	uint32_t server;	/* its identifier */
	struct lease lease;	/* as said: still to be checked; `seconds`
				   not cut to LEASE_SECONDS_MOST */
	uint32_t renew_s, rebind_s;	/* T1, T2 */
};

/* ST_OK, or ST_NO_SPACE with `out` in any state. */
MUST_CHECK enum status
packet_write(const struct packet_question *q, struct buf *out);

/*
 *   ST_OK
 *   ST_MALFORMED    no DHCP message, or one whose options break the format
 *   ST_UNSUPPORTED  one, but not a server's to a client on Ethernet
 *   ST_FORGED       to somebody else's hardware address
 */
MUST_CHECK enum status packet_read(struct span bytes,
    const uint8_t mac[static PACKET_MAC_BYTES], struct packet_answer *out);

#endif
