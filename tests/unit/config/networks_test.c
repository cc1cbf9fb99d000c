#include "config/networks.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "tap.h"

/* IPv6, or IPv4 mapped into it. */
static const uint8_t *
address(const char *text)
{
	static uint8_t a[16];

	memset(a, 0, sizeof(a));
	if (inet_pton(AF_INET6, text, a) == 1)
		return a;
	a[10] = a[11] = 0xff;
	if (inet_pton(AF_INET, text, a + 12) != 1)
		abort();
	return a;
}

static bool
have(const char *networks, const char *text)
{
	return networks_have(span_of(networks), address(text));
}

static void
test_check(void)
{
	static const char *const good[] = { "any", "10.0.0.0/8", "10.0.0.1",
	    "0.0.0.0/0", "::/0", "fe80::/10", "::1", "::1/128",
	    "10.0.0.0/8,192.168.0.0/16", "  10.0.0.0/8 , ::1  ",
	    "192.168.1.128/25", "::ffff:10.0.0.0/104" };
	static const char *const bad[] = { "", " ", ",", "10.0.0.0/8,",
	    ",10.0.0.0/8", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "/8",
	    "10.0.0.0/8/8", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/+8",
	    "10.0.0.0/1000", "::/129", "fe80::1/10", "localhost", "any,any",
	    "10.0.0.0 /8", "256.0.0.0/8", "10.0.0.0/0x8",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	for (size_t i = 0; i < COUNT(good); i++)
		ok(networks_check(span_of(good[i])) == ST_OK, "R10 taken: %s",
		    good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(networks_check(span_of(bad[i])) == ST_INVALID,
		    "R10 not taken: '%s'", bad[i]);
}

static void
test_sixteen_at_most(void)
{
	char text[512] = "10.0.0.1";

	for (int i = 1; i < 16; i++)
		strcat(text, ",10.0.0.1");
	ok(networks_check(span_of(text)) == ST_OK, "R10 16 networks");
	strcat(text, ",10.0.0.1");
	ok(networks_check(span_of(text)) == ST_INVALID, "R10 not 17");
}

static void
test_have(void)
{
	ok(have("any", "8.8.8.8") && have("any", "2001:db8::1"), "R10 any");
	ok(have("10.0.0.0/8", "10.255.0.1"), "R10 inside");
	ok(!have("10.0.0.0/8", "11.0.0.0") && !have("10.0.0.0/8", "9.255.255.255"),
	    "R10 outside, by one");
	ok(have("192.168.1.128/25", "192.168.1.200") &&
	    !have("192.168.1.128/25", "192.168.1.127"), "R10 within a byte");
	ok(have("10.0.0.1", "10.0.0.1") && !have("10.0.0.1", "10.0.0.2"),
	    "R10 one address");
	ok(have("1.2.3.4, ::1, 10.0.0.0/8", "10.1.1.1") &&
	    have("1.2.3.4, ::1, 10.0.0.0/8", "::1") &&
	    !have("1.2.3.4, ::1, 10.0.0.0/8", "::2"), "R10 any of a list");
	ok(have("fe80::/10", "febf::1") && !have("fe80::/10", "fec0::1"),
	    "R10 IPv6");
	ok(have("0.0.0.0/0", "1.2.3.4") && !have("0.0.0.0/0", "2001:db8::1"),
	    "R10 all of IPv4 is not IPv6");
	ok(have("::ffff:10.0.0.0/104", "10.9.9.9"), "R10 IPv4 written as IPv6");
	ok(!have("10.0.0.0/8", "::a00:1"), "R10 IPv6 that looks like IPv4");
}

int
main(void)
{
	test_check();
	test_sixteen_at_most();
	test_have();
	return done_testing();
}
