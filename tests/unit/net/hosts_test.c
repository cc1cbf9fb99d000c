#include "net/hosts.h"

#include <arpa/inet.h>

#include "tap.h"

static struct sockaddr_storage found[3];

static const char *
text_of(const struct sockaddr_storage *a)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(a->ss_family, a->ss_family == AF_INET
	    ? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
	    : &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, text,
	    sizeof(text));
}

static void
test_literal(void)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5", "a.b.c.d",
	    "1.2.3.4 ", "fe80::1%eth0", ":::", "1.2.3.256", "[::1]",
	    "0:0:0:0:0:0:0:0:0", "1111:2222:3333:4444:5555:6666:7777:8888:9999" };

	ok(hosts_literal(span_of("192.0.2.1"), 53, &found[0]) == ST_OK &&
	    strcmp(text_of(&found[0]), "192.0.2.1") == 0 &&
	    ((struct sockaddr_in *)(void *)&found[0])->sin_port == htons(53),
	    "IPv4");
	ok(hosts_literal(span_of("2001:db8::1"), 53, &found[0]) == ST_OK &&
	    strcmp(text_of(&found[0]), "2001:db8::1") == 0 &&
	    ((struct sockaddr_in6 *)(void *)&found[0])->sin6_port == htons(53),
	    "IPv6");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(hosts_literal(span_of(bad[i]), 1, &found[0]) == ST_INVALID,
		    "not an address: '%s'", bad[i]);
	ok(hosts_literal((struct span){ (const uint8_t *)"1.2.3.4\0x", 9 }, 1,
	    &found[0]) == ST_INVALID, "nor with a NUL in it");
}

static void
test_hosts(void)
{
	struct span text = span_of("# comment a.test\n"
	    "192.0.2.1\ta.test  b.test # c.test\r\n"
	    "\n   \n;\n192.0.2.9\nnonsense a.test\n"
	    "192.0.2.2 A.TEST\n"
	    "2001:db8::1 a.test.\n2001:db8::2 xa.test\n2001:db8::3 a.test");

	ok(hosts_find(text, "a.test", 443, found, 3) == 3 &&
	    strcmp(text_of(&found[0]), "192.0.2.1") == 0 &&
	    strcmp(text_of(&found[2]), "2001:db8::3") == 0,
	    "every line that names it, the last without an end");
	ok(hosts_find(text, "b.test", 443, found, 3) == 1, "the second name");
	ok(hosts_find(text, "a.test", 443, found, 1) == 1, "no more than asked");
	ok(hosts_find(text, "c.test", 443, found, 3) == 0, "not in a comment");
	ok(hosts_find(text, "192.0.2.9", 443, found, 3) == 0,
	    "an address is no name");
	ok(hosts_find((struct span){ 0 }, "a.test", 443, found, 3) == 0,
	    "an empty file");
}

static void
test_servers(void)
{
	struct span text = span_of("search lan\nnameserver 192.0.2.1\n"
	    "nameserver\nnameserver x\nnameserver fe80::1%eth0\n"
	    "#nameserver 192.0.2.2\nnameservers 192.0.2.3\n"
	    "\tnameserver  2001:db8::1 \noptions edns0\n");

	ok(hosts_servers(text, found, 3) == 2 &&
	    strcmp(text_of(&found[0]), "192.0.2.1") == 0 &&
	    ((struct sockaddr_in *)(void *)&found[0])->sin_port == htons(53),
	    "two servers, port 53");
	ok(strcmp(text_of(&found[1]), "2001:db8::1") == 0, "the second");
	ok(hosts_servers(text, found, 1) == 1, "no more than asked");
}

int
main(void)
{
	test_literal();
	test_hosts();
	test_servers();
	return done_testing();
}
