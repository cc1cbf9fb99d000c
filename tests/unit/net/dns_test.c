/* Answers built by hand; musl's own parser underneath, as in the courier. */
#include "net/dns.h"

#include <stdlib.h>

#include "tap.h"

static uint8_t bytes[DNS_MESSAGE_MAX];
static struct buf message;
static struct in6_addr found[4];
static size_t n;

static void
put(const void *data, size_t len)
{
	if (buf_append(&message, data, len) != ST_OK)
		abort();
}

/* The question as an answer's beginning. */
static void
begin(const char *host, enum dns_kind kind, unsigned flags, unsigned records)
{
	message = buf_over(bytes, sizeof(bytes));
	if (dns_ask(host, kind, 0x1234, &message) != ST_OK)
		abort();
	bytes[2] = (uint8_t)(flags >> 8);
	bytes[3] = (uint8_t)flags;
	bytes[7] = (uint8_t)records;
}

/* A record of the question's own name. */
static void
record(unsigned type, const void *data, size_t len)
{
	uint8_t head[12] = { 0xc0, 12, 0, (uint8_t)type, 0, 1, 0, 0, 0, 60, 0,
	    (uint8_t)len };

	put(head, sizeof(head));
	put(data, len);
}

static enum status
read_as(const char *host, enum dns_kind kind)
{
	n = 99;
	return dns_read(buf_span(&message), host, kind, found, COUNT(found),
	    &n);
}

static void
test_question(void)
{
	static const uint8_t wanted[] = { 0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0,
	    0, 1, 'a', 4, 't', 'e', 's', 't', 0, 0, 28, 0, 1 };
	char longest[300];

	message = buf_over(bytes, sizeof(bytes));
	ok(dns_ask("a.test", DNS_AAAA, 0xabcd, &message) == ST_OK &&
	    message.len == sizeof(wanted), "a question of %zu bytes",
	    message.len);
	ok(bytes[0] == 0xab && bytes[1] == 0xcd && bytes[2] == 1 &&
	    memcmp(bytes + 4, wanted + 4, sizeof(wanted) - 4) == 0,
	    "with our id, wanting recursion");
	ok(dns_id(buf_span(&message)) == 0xabcd, "the id comes back");
	memset(longest, 'x', sizeof(longest));
	longest[64] = 0;
	ok(dns_ask(longest, DNS_A, 1, &message) == ST_INVALID,
	    "a label of 64 bytes");
	ok(dns_ask("a..test", DNS_A, 1, &message) == ST_INVALID,
	    "an empty label");
}

static void
test_answers(void)
{
	static const uint8_t v4[] = { 192, 0, 2, 1 }, v6[16] = { 0x20, 1 };

	begin("a.test", DNS_A, 0x8180, 2);
	record(1, v4, 4);
	record(1, v4, 4);
	ok(read_as("A.Test", DNS_A) == ST_OK && n == 2 &&
	    memcmp(&found[1], v4, 4) == 0, "two addresses, in any case");
	ok(read_as("b.test", DNS_A) == ST_MALFORMED && n == 99,
	    "to another name");
	ok(read_as("a.test", DNS_AAAA) == ST_MALFORMED, "of another kind");
	begin("a.test", DNS_AAAA, 0x8180, 2);
	record(1, v4, 4);
	record(28, v6, 16);
	ok(read_as("a.test", DNS_AAAA) == ST_OK && n == 1, "a stranger among");
	begin("a.test", DNS_A, 0x8180, 6);
	for (int i = 0; i < 6; i++)
		record(1, v4, 4);
	ok(read_as("a.test", DNS_A) == ST_OK && n == 4, "no more than asked");
	begin("a.test", DNS_A, 0x8180, 0);
	ok(read_as("a.test", DNS_A) == ST_OK && n == 0, "none");
	begin("a.test", DNS_A, 0x8183, 0);
	ok(read_as("a.test", DNS_A) == ST_NOT_FOUND, "no such name");
	begin("a.test", DNS_A, 0x8182, 0);
	ok(read_as("a.test", DNS_A) == ST_IO, "server failure");
	begin("a.test", DNS_A, 0x8380, 0);
	ok(read_as("a.test", DNS_A) == ST_TOO_BIG, "cut, with nothing in it");
	begin("a.test", DNS_A, 0x8380, 1);
	record(1, v4, 4);
	ok(read_as("a.test", DNS_A) == ST_OK && n == 1, "cut, with one in it");
	begin("a.test", DNS_A, 0x0180, 1);
	record(1, v4, 4);
	ok(read_as("a.test", DNS_A) == ST_MALFORMED, "a question");
}

static void
test_aliases(void)
{
	static const uint8_t self[] = { 0xc0, 12 };
	static const uint8_t loop[] = { 0xc0, 0x24 };	/* itself */

	begin("a.test", DNS_A, 0x8180, 1);
	record(5, self, sizeof(self));
	ok(read_as("a.test", DNS_A) == ST_OK && n == 0,
	    "an alias of itself ends");
	begin("a.test", DNS_A, 0x8180, 1);
	record(5, loop, sizeof(loop));
	ok(read_as("a.test", DNS_A) == ST_OK && n == 0,
	    "a name that is a pointer to itself is none");
}

static unsigned
next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

/* Every length, and 200,000 spoilt answers: nothing but a status. */
static void
test_spoilt(void)
{
	static const uint8_t v4[] = { 192, 0, 2, 1 }, alias[] = { 1, 'b', 0xc0,
	    14 };
	uint8_t good[DNS_MESSAGE_MAX], copy[DNS_MESSAGE_MAX];
	unsigned state = 1, bad = 0;
	size_t len;

	begin("a.test", DNS_A, 0x8180, 3);
	record(5, alias, sizeof(alias));
	record(1, v4, 4);
	record(1, v4, 4);
	len = message.len;
	memcpy(good, bytes, len);
	for (size_t i = 0; i < len; i++) {
		enum status st = dns_read((struct span){ good, i }, "a.test",
		    DNS_A, found, COUNT(found), &n);

		/* Records are read one by one: the last may be cut. */
		bad += st == ST_OK && i < 24;
	}
	ok(bad == 0, "no answer in less than the question");
	for (int round = 0; round < 200000; round++) {
		memcpy(copy, good, len);
		for (unsigned k = next_random(&state) % 6 + 1; k > 0; k--)
			copy[next_random(&state) % len] =
			    (uint8_t)next_random(&state);
		n = 0;
		if (dns_read((struct span){ copy, len }, "a.test", DNS_A,
		    found, COUNT(found), &n) == ST_OK)
			bad += n > COUNT(found);
	}
	ok(bad == 0, "200,000 spoilt answers");
}

int
main(void)
{
	test_question();
	test_answers();
	test_aliases();
	test_spoilt();
	return done_testing();
}
