#include "init/identity.h"

#include "tap.h"

static void
expect(const char *origin, const char *host)
{
	char out[IDENTITY_NAME_MAX];

	identity_host(origin, out);
	ok(strcmp(out, host) == 0, "%s: '%s'", origin, host);
}

int
main(void)
{
	expect("https://labo.example", "labo.example");
	expect("https://labo.example:8443", "labo.example");
	expect("https://192.168.1.2", "192.168.1.2");
	expect("https://[::1]:443", "");
	expect("http://labo.example", "");
	expect("https://", "");
	expect("https://a234567890123456789012345678901234567890"
	    "123456789012345678901234", "");
	return done_testing();
}
