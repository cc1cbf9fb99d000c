#include "dhcp/packet.h"

#include <stdlib.h>

#include "tap.h"

enum { OPTIONS_AT = 240, FILE_AT = 108, SNAME_AT = 44 };

static const uint8_t mac[PACKET_MAC_BYTES] = { 2, 0, 0x5e, 0, 0x53, 1 };

/* An answer of `kind` with the options given after its kind. */
static size_t
answer(uint8_t *out, uint8_t kind, const char *options, size_t len)
{
	static const uint8_t cookie[4] = { 99, 130, 83, 99 };

	memset(out, 0, PACKET_READ_MAX);
	out[0] = 2;
	out[1] = 1;
	out[2] = 6;
	memcpy(out + 4, "\x12\x34\x56\x78", 4);
	memcpy(out + 16, "\x0a\x00\x03\x0f", 4);
	memcpy(out + 28, mac, sizeof(mac));
	memcpy(out + 236, cookie, sizeof(cookie));
	out[OPTIONS_AT] = 53;
	out[OPTIONS_AT + 1] = 1;
	out[OPTIONS_AT + 2] = kind;
	memcpy(out + OPTIONS_AT + 3, options, len);
	return OPTIONS_AT + 3 + len;
}

/* A copy of its own size, so that a byte too far is found (ASan, guard). */
static enum status
read_copy(const uint8_t *bytes, size_t len, struct packet_answer *a)
{
	uint8_t *copy = malloc(len + 1);
	enum status st;

	if (copy == NULL)
		return ST_IO;
	memcpy(copy, bytes, len);
	st = packet_read((struct span){ copy, len }, mac, a);
	free(copy);
	return st;
}

#define FULL "\x01\x04\xff\xff\xff\x00" "\x03\x04\x0a\x00\x03\x01" \
	"\x06\x08\x0a\x00\x03\x01\x09\x09\x09\x09" "\x33\x04\x00\x00\x0e\x10" \
	"\x36\x04\x0a\x00\x03\x01" "\x3a\x04\x00\x00\x00\x0a" \
	"\x3b\x04\x00\x00\x00\x14" "\xff"

static void
test_an_offer_is_read(void)
{
	uint8_t bytes[PACKET_READ_MAX];
	size_t len = answer(bytes, PACKET_OFFER, FULL, sizeof(FULL) - 1);
	struct packet_answer a;

	ok(read_copy(bytes, len, &a) == ST_OK && a.kind == PACKET_OFFER,
	    "an offer");
	ok(a.xid == 0x12345678 && a.server == 0x0a000301, "whose, to which");
	ok(a.lease.address == 0x0a00030f && a.lease.prefix == 24 &&
	    a.lease.router == 0x0a000301, "address, prefix, router");
	ok(a.lease.dns[0] == 0x0a000301 && a.lease.dns[1] == 0x09090909 &&
	    a.lease.dns[2] == 0, "name servers");
	ok(a.lease.seconds == 3600 && a.renew_s == 10 && a.rebind_s == 20,
	    "times");
}

static void
test_every_cut_is_refused(void)
{
	uint8_t bytes[PACKET_READ_MAX];
	size_t len = answer(bytes, PACKET_ACK, FULL, sizeof(FULL) - 1);
	struct packet_answer a;
	unsigned taken = 0;

	for (size_t cut = 0; cut < OPTIONS_AT + 3; cut++)
		taken += read_copy(bytes, cut, &a) == ST_OK;
	ok(taken == 0, "no head, or no kind: none is taken");
	/* Between options a datagram may end: nothing is half read. */
	for (size_t cut = OPTIONS_AT + 3; cut < len; cut++)
		taken += read_copy(bytes, cut, &a) == ST_OK;
	ok(taken == 8, "an option that is cut breaks the format");
}

static void
test_what_is_not_for_us(void)
{
	static const struct { size_t at; uint8_t value; enum status st;
	    const char *what; } rows[] = {
		{ 0, 1, ST_UNSUPPORTED, "a client's question" },
		{ 1, 6, ST_UNSUPPORTED, "not Ethernet" },
		{ 2, 16, ST_UNSUPPORTED, "another length of address" },
		{ 28, 4, ST_FORGED, "to another client" },
		{ 33, 9, ST_FORGED, "to the next client" },
		{ 236, 0, ST_MALFORMED, "BOOTP, without the cookie" },
		{ 242, 1, ST_UNSUPPORTED, "a DISCOVER" },
		{ 242, 0, ST_UNSUPPORTED, "kind 0" },
		{ 241, 2, ST_MALFORMED, "a kind of two bytes" },
		{ 240, 54, ST_MALFORMED, "no kind" },
	};
	struct packet_answer a;

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t bytes[PACKET_READ_MAX];
		size_t len = answer(bytes, PACKET_ACK, "\x00\xff", 2);

		bytes[rows[i].at] = rows[i].value;
		ok(read_copy(bytes, len, &a) == rows[i].st, "%s",
		    rows[i].what);
	}
}

static void
test_options_of_odd_lengths(void)
{
	static const char odd[] = "\x01\x03\xff\xff\xff" "\x03\x00"
	    "\x06\x07\x0a\x00\x03\x01\x09\x09\x09" "\x33\x05\x00\x00\x0e\x10\x00"
	    "\x36\x02\x0a\x00" "\xff";
	static const char holes[] = "\x01\x04\xff\x00\xff\x00\xff";
	uint8_t bytes[PACKET_READ_MAX];
	struct packet_answer a;
	size_t len = answer(bytes, PACKET_ACK, odd, sizeof(odd) - 1);

	ok(read_copy(bytes, len, &a) == ST_OK && a.lease.prefix == 0 &&
	    a.lease.router == 0 && a.lease.dns[0] == 0 &&
	    a.lease.seconds == 0 && a.server == 0,
	    "are as good as not there");
	len = answer(bytes, PACKET_ACK, holes, sizeof(holes) - 1);
	ok(read_copy(bytes, len, &a) == ST_OK && a.lease.prefix == 0,
	    "a mask with holes is none");
}

static void
test_the_first_of_two_counts(void)
{
	static const char twice[] = "\x03\x04\x0a\x00\x03\x01"
	    "\x03\x04\x0a\x00\x03\x02" "\xff";
	uint8_t bytes[PACKET_READ_MAX];
	struct packet_answer a;
	size_t len = answer(bytes, PACKET_ACK, twice, sizeof(twice) - 1);

	ok(read_copy(bytes, len, &a) == ST_OK && a.lease.router == 0x0a000301,
	    "of an option that is there twice");
}

static void
test_options_go_on_in_other_fields(void)
{
	uint8_t bytes[PACKET_READ_MAX];
	struct packet_answer a;
	size_t len = answer(bytes, PACKET_ACK, "\x34\x01\x03\xff", 4);

	memcpy(bytes + FILE_AT, "\x36\x04\x0a\x00\x03\x01\xff", 7);
	memcpy(bytes + SNAME_AT, "\x33\x04\x00\x00\x0e\x10\xff", 7);
	ok(read_copy(bytes, len, &a) == ST_OK && a.server == 0x0a000301 &&
	    a.lease.seconds == 3600, "where option 52 says so");
	bytes[OPTIONS_AT + 5] = 1;
	ok(read_copy(bytes, len, &a) == ST_OK && a.server == 0x0a000301 &&
	    a.lease.seconds == 0, "in the file's only");
	bytes[FILE_AT + 1] = 200;
	ok(read_copy(bytes, len, &a) == ST_MALFORMED, "and never out of them");
}

static void
test_a_nak_has_no_lease(void)
{
	uint8_t bytes[PACKET_READ_MAX];
	struct packet_answer a;
	size_t len = answer(bytes, PACKET_NAK, FULL, sizeof(FULL) - 1);

	ok(read_copy(bytes, len, &a) == ST_OK && a.kind == PACKET_NAK &&
	    a.lease.address == 0 && a.lease.router == 0, "whatever it says");
}

static void
test_questions_are_whole(void)
{
	struct packet_question q = { .kind = PACKET_DISCOVER,
	    .xid = 0xdeadbeef, .seconds = 258 };
	uint8_t bytes[PACKET_SENT_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));

	memcpy(q.mac, mac, sizeof(mac));
	ok(packet_write(&q, &out) == ST_OK && out.len == 300,
	    "BOOTP's least length");
	ok(bytes[0] == 1 && bytes[4] == 0xde && bytes[8] == 1 && bytes[9] == 2
	    && bytes[10] == 0x80 && memcmp(bytes + 28, mac, 6) == 0,
	    "number, seconds, answer to all, our address");
	ok(memcmp(bytes + 240, "\x35\x01\x01\x39\x02\x05\xdc\x37\x07", 9) == 0,
	    "a DISCOVER names neither address nor server");
	q.kind = PACKET_REQUEST;
	q.wanted = 0x0a00030f;
	q.server = 0x0a000301;
	out.len = 0;
	ok(packet_write(&q, &out) == ST_OK && memcmp(bytes + 240,
	    "\x35\x01\x03\x32\x04\x0a\x00\x03\x0f\x36\x04\x0a\x00\x03\x01", 15)
	    == 0, "a REQUEST both");
	q.wanted = q.server = 0;
	q.own = 0x0a00030f;
	out.len = 0;
	ok(packet_write(&q, &out) == ST_OK && bytes[10] == 0 && bytes[15] == 15
	    && memcmp(bytes + 243, "\x39\x02", 2) == 0,
	    "a renewal is in ciaddr, and answered to it");
	out = buf_over(bytes, 299);
	ok(packet_write(&q, &out) == ST_NO_SPACE, "no room");
}

int
main(void)
{
	test_an_offer_is_read();
	test_every_cut_is_refused();
	test_what_is_not_for_us();
	test_options_of_odd_lengths();
	test_the_first_of_two_counts();
	test_options_go_on_in_other_fields();
	test_a_nak_has_no_lease();
	test_questions_are_whole();
	return done_testing();
}
