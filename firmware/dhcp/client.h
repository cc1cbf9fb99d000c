/*
 * client.h -- a DHCP client's states (RFC 2131 section 4.4).  Pure: the time,
 * random numbers and what servers say come in, messages and news go out.
 *
 *               answer refused, or too late
 *     +------------------+-------------------+
 *     v                  |                   |
 *   WAITING -time-> SELECTING -OFFER-> REQUESTING -ACK-> BOUND <--+
 *     ^                                                    | T1   |
 *     |                                  NAK           RENEWING --+ ACK
 *     +----------------------------------------------------| T2   |
 *     |                              NAK, the end      REBINDING -+ ACK
 *     +----------------------------------------------------+
 *
 * The first offer that can be taken is taken.  Questions are repeated after
 * 4, 8, 16, 32, 64 seconds, each up to a second earlier or later.  No address
 * is probed or declined: that takes a packet socket, and thus a privilege.
 * Nothing is given back: the box keeps its address over a restart if it can.
 */
#ifndef DHCP_CLIENT_H
#define DHCP_CLIENT_H

#include "dhcp/packet.h"

enum client_state {
	CLIENT_WAITING, CLIENT_SELECTING, CLIENT_REQUESTING, CLIENT_BOUND,
	CLIENT_RENEWING, CLIENT_REBINDING,
	CLIENT_STATES
};

/* Times are milliseconds of a clock that never goes back. */
struct client {
	enum client_state state;
	uint8_t  mac[PACKET_MAC_BYTES];
	uint32_t xid;		/* of the exchange that goes on */
	uint32_t server;	/* whose offer was taken, whose lease it is */
	uint32_t address;	/* asked for, or ours */
	unsigned tries;		/* of this question */
	unsigned failures;	/* exchanges in a row without a lease */
	uint64_t began_ms, sent_ms;
	uint64_t wake_ms;
	uint64_t renew_ms, rebind_ms, end_ms;	/* of the lease */
};

/* What is to be done after a step. */
struct client_action {
	bool has_question;
	struct packet_question question;
	uint32_t to;		/* 0: everybody; host order */
	bool has_news;		/* for init */
	struct lease lease;	/* address 0: it is lost */
};

void client_init(struct client *c, const uint8_t mac[static PACKET_MAC_BYTES]);

/* When client_on_time() is due, at the latest. */
uint64_t client_wakes_ms(const struct client *c);

/* `random`: 32 bits of which nobody knows anything, each time.  *out is set. */
void client_on_time(struct client *c, uint64_t now_ms, uint32_t random,
    struct client_action *out);

/* An answer that is not to our last question, or from a server that we do
 * not speak with, or whose lease cannot be taken, changes nothing. */
void client_on_answer(struct client *c, const struct packet_answer *a,
    uint64_t now_ms, uint32_t random, struct client_action *out);

#endif
