#include "config/address.h"

#include <netinet/in.h>

#include "tap.h"

static struct sockaddr_storage address;
static socklen_t len;

static bool
parses(const char *text)
{
	return address_parse(span_of(text), &address, &len) == ST_OK;
}

static void
test_v4(void)
{
	struct sockaddr_in in;

	ok(parses("127.0.0.1:2575"), "an IPv4 address");
	memcpy(&in, &address, sizeof(in));
	ok(len == sizeof(in) && in.sin_family == AF_INET &&
	    ntohs(in.sin_port) == 2575 &&
	    ntohl(in.sin_addr.s_addr) == INADDR_LOOPBACK, "as bind wants it");
	ok(parses("0.0.0.0:1") && parses("0.0.0.0:65535"), "ports 1 to 65535");
}

static void
test_v6(void)
{
	struct sockaddr_in6 in;

	ok(parses("[::1]:80"), "an IPv6 address");
	memcpy(&in, &address, sizeof(in));
	ok(len == sizeof(in) && in.sin6_family == AF_INET6 &&
	    ntohs(in.sin6_port) == 80 && in.sin6_addr.s6_addr[15] == 1,
	    "as bind wants it");
	ok(parses("[::ffff:127.0.0.1]:80"), "a mapped one");
}

static void
test_refusals(void)
{
	static const char *const bad[] = {
		"", ":", ":1", "1.2.3.4", "1.2.3.4:", "1.2.3.4:0",
		"1.2.3.4:65536", "1.2.3.4:000001", "1.2.3.4:1 ", "a:1",
		"[]:1", "[::1]", "[::1:1", "::1]:1", "[::1%lo]:1",
		"1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6.7:1",
	};

	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!parses(bad[i]), "\"%s\" is refused", bad[i]);
	ok(address_parse((struct span){ (const uint8_t *)"1.2.3.4\0x:1", 11 },
	    &address, &len) == ST_INVALID, "a NUL is refused");
}

int
main(void)
{
	test_v4();
	test_v6();
	test_refusals();
	return done_testing();
}
