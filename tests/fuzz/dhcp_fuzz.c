/*
 * What a network says to guichet-dhcp: steps of one byte (time, or how a
 * datagram is aimed), a datagram's length in two, and the datagram.  Whatever
 * comes: init is told only what can be a lease, every question can be
 * written, time is never waited for backwards.
 */
#include <stdlib.h>

#include "dhcp/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAX = 64, XID_AT = 4 };

static const uint8_t mac[PACKET_MAC_BYTES] = { 2, 0, 0x5e, 0, 0x53, 1 };

static void
check(const struct client *c, const struct client_action *out)
{
	uint8_t bytes[PACKET_SENT_MAX];
	struct buf to = buf_over(bytes, sizeof(bytes));

	if (out->has_news && lease_refusal(&out->lease, NULL) != NULL)
		abort();
	if (out->has_question &&
	    (packet_write(&out->question, &to) != ST_OK || to.len < 300))
		abort();
	if (c->state == CLIENT_BOUND && (c->renew_ms > c->rebind_ms ||
	    c->rebind_ms > c->end_ms))
		abort();
}

/* Aimed: with the number that is waited for, as if it had been guessed. */
static void
receive(struct client *c, struct span datagram, bool is_aimed, uint64_t now,
    uint32_t random)
{
	uint8_t bytes[PACKET_READ_MAX];
	struct packet_answer answer;
	struct client_action out;

	if (datagram.len > sizeof(bytes))
		datagram.len = sizeof(bytes);
	memcpy(bytes, datagram.ptr, datagram.len);
	if (is_aimed && datagram.len >= XID_AT + 4)
		for (unsigned i = 0; i < 4; i++)
			bytes[XID_AT + i] = (uint8_t)(c->xid >> (24 - 8 * i));
	if (packet_read((struct span){ bytes, datagram.len }, mac, &answer) !=
	    ST_OK)
		return;
	client_on_answer(c, &answer, now, random, &out);
	check(c, &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { data, size };
	struct client_action out;
	struct client c;
	uint64_t now = 1000;

	client_init(&c, mac);
	for (uint32_t i = 0; i < STEPS_MAX && in.len >= 3; i++) {
		uint8_t how = in.ptr[0];
		size_t len = (size_t)in.ptr[1] << 8 | in.ptr[2];
		uint32_t random = (i + 1) * 2654435761u;

		now += (uint64_t)(how >> 1) * 1000;
		in = span_slice(in, 3, in.len);
		client_on_time(&c, now, random, &out);
		check(&c, &out);
		receive(&c, span_slice(in, 0, len), (how & 1) != 0, now,
		    random);
		in = span_slice(in, len, in.len);
	}
	return 0;
}
