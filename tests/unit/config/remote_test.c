#include "config/remote.h"

#include <netinet/in.h>

#include "tap.h"

static void
test_urls(void)
{
	static const struct {
		const char *text, *host, *path;
		unsigned port;
	} good[] = {
		{ "https://a.example", "a.example", "", 443 },
		{ "https://a.example:8443", "a.example", "", 8443 },
		{ "https://a.example/auth/v1.0", "a.example", "/auth/v1.0", 443 },
		{ "https://10.0.0.1:1/x", "10.0.0.1", "/x", 1 },
		{ "https://x", "x", "", 443 },
	};
	static const char *const bad[] = { "", "https://", "http://a", "a",
	    "https:/a", "HTTPS://a", "https://A", "https://a:", "https://a:0",
	    "https://a:65536", "https://a:123456", "https://a:1x",
	    "https://u@a", "https://a/", "https://a//b", "https://a/b/",
	    "https://a/b?c", "https://a/b#c", "https://a/b c", "https://a?b",
	    "https://.a", "https://a..b", "https://a.", "https://-a",
	    "https://a/\"", "https://a/\r\n", "https://[::1]", "https://a_b",
	    "https://a/\x80", " https://a" };
	struct remote r;

	for (size_t i = 0; i < COUNT(good); i++)
		ok(remote_parse_url(span_of(good[i].text), &r) == ST_OK &&
		    span_is(r.host, good[i].host) &&
		    span_is(r.path, good[i].path) && r.port == good[i].port,
		    "%s", good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(remote_parse_url(span_of(bad[i]), &r) == ST_INVALID,
		    "no URL: number %zu", i);
}

static void
test_lengths(void)
{
	char text[300] = "https://";
	struct remote r;

	for (size_t i = 8; i < 8 + 254; i++)
		text[i] = (i - 8) % 50 == 49 ? '.' : 'x';
	text[8 + 253] = 0;
	ok(remote_parse_url(span_of(text), &r) == ST_OK && r.host.len == 253,
	    "a name of 253 bytes");
	text[8 + 253] = 'x';
	text[8 + 254] = 0;
	ok(remote_parse_url(span_of(text), &r) == ST_INVALID, "of 254");
	memset(text + 8, 'x', 64);
	text[8 + 63] = 0;
	ok(remote_parse_url(span_of(text), &r) == ST_OK, "a label of 63");
	text[8 + 63] = 'x';
	text[8 + 64] = 0;
	ok(remote_parse_url(span_of(text), &r) == ST_INVALID, "of 64");
}

static void
test_servers(void)
{
	static const char *const bad[] = { "", "a", "a:", ":1", "a:1/", "a:1 ",
	    "a:0", "a:65536", "https://a:1", "A:1", "a b:1", "a:+1" };
	struct remote r;

	ok(remote_parse_server(span_of("mail.example:465"), &r) == ST_OK &&
	    span_is(r.host, "mail.example") && r.port == 465, "host and port");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(remote_parse_server(span_of(bad[i]), &r) == ST_INVALID,
		    "no server: '%s'", bad[i]);
}

static void
test_hours(void)
{
	static const char *const bad[] = { "", "08:00", "8:00-20:00",
	    "20:00-08:00", "08:00-08:00", "08:60-09:00", "08:00-24:01",
	    "08:00-25:00", "08:00 20:00", "08.00-20.00", "08:00-20:00 ",
	    "-8:00-20:00" };
	unsigned from = 0, until = 0;

	ok(hours_parse(span_of("08:00-20:30"), &from, &until) == ST_OK &&
	    from == 480 && until == 1230, "a day");
	ok(hours_parse(span_of("00:00-24:00"), &from, &until) == ST_OK &&
	    from == 0 && until == 1440, "all day");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(hours_parse(span_of(bad[i]), &from, &until) == ST_INVALID,
		    "no hours: '%s'", bad[i]);
}

static void
test_mailboxes(void)
{
	static const char *const good[] = { "a@b", "a.b@c.example",
	    "a+b_c-d@e.example", "O'Hara@example.com", "a@1.2.3.4" };
	static const char *const bad[] = { "", "a", "@", "a@", "@b", "a@b.",
	    "a@.b", ".a@b", "a.@b", "a..b@c", "a@b..c", "a b@c", "a@b c",
	    "a@b\r\nRCPT TO:<x@y>", "<a@b>", "\"a\"@b", "a@b@c", "a,b@c",
	    "a@[1.2.3.4]", "a@b>", "\xc3\xa9@b", "a@b\n" };
	char text[300];

	for (size_t i = 0; i < COUNT(good); i++)
		ok(mailbox_check(span_of(good[i])) == ST_OK, "%s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(mailbox_check(span_of(bad[i])) == ST_INVALID,
		    "no mailbox: number %zu", i);
	memset(text, 'x', sizeof(text));
	text[64] = '@';
	text[254] = 0;
	ok(mailbox_check(span_of(text)) == ST_OK, "64 and 189 bytes");
	text[254] = 'x';
	text[255] = 0;
	ok(mailbox_check(span_of(text)) == ST_INVALID, "one more");
	text[64] = 'x';
	text[65] = '@';
	text[100] = 0;
	ok(mailbox_check(span_of(text)) == ST_INVALID, "65 before the sign");
}

static void
test_resolvers(void)
{
	static const char *const bad[] = { "", ",", "1.1.1.1,", "x",
	    "1.1.1.1,2.2.2.2,3.3.3.3,4.4.4.4", "1.1.1.1:0", "1.1.1.1:65536",
	    "localhost", "1.1.1.1 2.2.2.2", "System", "::1]" };
	struct sockaddr_storage out[RESOLVERS_MAX];
	const struct sockaddr_in *first = (const void *)&out[0];
	const struct sockaddr_in6 *second = (const void *)&out[1];
	size_t n = 9;

	ok(resolvers_parse(span_of("system"), out, &n) == ST_OK && n == 0,
	    "the system's");
	ok(resolvers_parse(span_of("192.0.2.1, ::1"), out, &n) == ST_OK &&
	    n == 2 && first->sin_family == AF_INET &&
	    first->sin_port == htons(53) && second->sin6_family == AF_INET6 &&
	    second->sin6_port == htons(53), "two, at port 53");
	ok(resolvers_parse(span_of("192.0.2.1:5353,[2001:db8::1]:54"), out, &n)
	    == ST_OK && first->sin_port == htons(5353) &&
	    second->sin6_port == htons(54), "with ports of their own");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(resolvers_parse(span_of(bad[i]), out, &n) == ST_INVALID,
		    "no servers: '%s'", bad[i]);
}

int
main(void)
{
	test_urls();
	test_lengths();
	test_servers();
	test_hours();
	test_mailboxes();
	test_resolvers();
	return done_testing();
}
