#include "init/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static void
expect(const char *origin, const char *host)
{
	char out[IDENTITY_NAME_MAX];

	identity_host(origin, out);
	ok(strcmp(out, host) == 0, "%s: '%s'", origin, host);
}

static char folder[] = "/tmp/guichet-identity-XXXXXX";
static char program[64];
static const struct watchdog no_watchdog = { .fd = -1 };
static int etc;

/* A site's pair, and a pickup that ends with `code`. */
static void
make(int code)
{
	char line[512];

	snprintf(line, sizeof(line), "set -e; cd %s; rm -f *; touch pickup.pem "
	    "pickup.key; printf '#!/bin/sh\nexit %d\n' >pickup; chmod 755 "
	    "pickup", folder, code);
	if (system(line) != 0)
		abort();
}

static bool
is_there(const char *name)
{
	return faccessat(etc, name, F_OK, 0) == 0;
}

static bool
put_aside(void)
{
	bool is_refused = false;

	ok(identity_put_aside(etc, program, &no_watchdog, &is_refused) ==
	    ST_OK, "asked");
	return is_refused;
}

static void
test_put_aside(void)
{
	make(78);
	ok(put_aside() && !is_there("pickup.pem") && is_there(IDENTITY_REFUSED),
	    "refused: put aside");
	ok(is_there("pickup.key") && is_there(IDENTITY_REFUSED_KEY),
	    "its key has a second name before another takes the first");
	ok(put_aside() && !is_there("pickup.pem"), "which is still said later");
	unlinkat(etc, "pickup.key", 0);
	make(78);
	ok(put_aside() && is_there(IDENTITY_REFUSED_KEY), "and once more");
}

static void
test_no_verdict(void)
{
	static const int codes[] = { 0, 1, 64, 71, 127 };

	for (size_t i = 0; i < COUNT(codes); i++) {
		make(codes[i]);
		ok(!put_aside() && is_there("pickup.pem"),
		    "%d refuses nothing", codes[i]);
	}
	make(78);
	unlinkat(etc, "pickup.key", 0);
	ok(!put_aside() && is_there("pickup.pem"), "half a pair is made whole "
	    "by others");
	make(78);
	unlinkat(etc, "pickup", 0);
	ok(!put_aside() && is_there("pickup.pem"), "nobody to ask");
}

int
main(void)
{
	char line[128];

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(program, sizeof(program), "%s/pickup", folder);
	etc = open(folder, O_RDONLY | O_DIRECTORY);
	test_put_aside();
	test_no_verdict();
	snprintf(line, sizeof(line), "rm -r %s", folder);
	ok(system(line) == 0, "cleaned up");
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
