#include "identity/hosts.h"

#include "tap.h"

int
main(void)
{
	static const struct { const char *text; size_t len; } good[] = {
		{ "localhost", 0 }, { "labo.example", 0 }, { "a-b.c", 0 },
		{ "1a.example", 0 }, { "127.0.0.1", 4 }, { "::1", 16 },
		{ "fd00::1", 16 }, { "1.example", 0 },
	};
	static const char *const bad[] = {
		"", ".", "a.", ".a", "a..b", "-a", "a-", "a b", "a_b",
		"*.example", "1.2.3.4.5", "1.2.3.256", "123", "a/b", "a\n",
		"\xc3\xa9.fr", "fd00::1%eth0",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct host host = { .text = "untouched" };

	for (size_t i = 0; i < COUNT(good); i++)
		ok(host_read(good[i].text, &host) == ST_OK &&
		    host.address_len == good[i].len && host.text ==
		    good[i].text, "taken: %s", good[i].text);
	host = (struct host){ .text = "untouched" };
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(host_read(bad[i], &host) == ST_INVALID &&
		    strcmp(host.text, "untouched") == 0, "refused: row %zu", i);
	return done_testing();
}
