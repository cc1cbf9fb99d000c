#include "init/site.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cut.h"
#include "init/files.h"
#include "init/seed.h"
#include "tap.h"

static char name[] = "/tmp/guichet-site-XXXXXX";
static char device[64];
static int etc;

/* The partition, with a site's files; an empty /data/etc. */
static void
make(const char *commands)
{
	char line[1024];

	snprintf(line, sizeof(line), "set -e; cd %s; rm -rf etc/* in seed; "
	    "mkdir in; cd in; echo box.id = x >guichet.conf; echo p "
	    ">pickup.pem; echo k >pickup.key; tar --format=ustar -cf ../seed "
	    "*; truncate -s 1M ../seed; %s", name, commands);
	if (system(line) != 0)
		abort();
}

static bool
has(const char *file, const char *text)
{
	static uint8_t bytes[64];
	struct buf out = buf_over(bytes, sizeof(bytes));

	return files_read(etc, file, &out) == ST_OK &&
	    span_is(buf_span(&out), text);
}

static bool
is_empty(void)
{
	static uint8_t bytes[SEED_BYTES_MAX + 1];
	struct buf out = buf_over(bytes, sizeof(bytes));

	if (files_read(AT_FDCWD, device, &out) != ST_OK ||
	    out.len != SEED_BYTES_MAX)
		return false;
	for (size_t i = 0; i < out.len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static bool
is_taken(void)
{
	return has("guichet.conf", "box.id = x\n") && has("pickup.pem", "p\n")
	    && has("pickup.key", "k\n");
}

static void
test_takes(void)
{
	make("touch ../etc/pickup.pem.refused ../etc/pickup.key.refused");
	ok(site_take(device, etc) == ST_OK && is_taken(), "taken");
	ok(is_empty(), "and overwritten");
	ok(faccessat(etc, "pickup.pem.refused", F_OK, 0) != 0 &&
	    faccessat(etc, "pickup.key.refused", F_OK, 0) != 0,
	    "what was refused before is forgotten");
	ok(site_take(device, etc) == ST_NOT_FOUND && is_taken(),
	    "nothing to take the second time");
}

static void
test_bad(void)
{
	make("printf xxxx | dd of=../seed bs=1 seek=130 conv=notrunc "
	    "2>/dev/null");
	ok(site_take(device, etc) == ST_MALFORMED && !has("pickup.key", "k\n"),
	    "damaged: nothing is taken");
	ok(!is_empty(), "nor overwritten");
	ok(site_take("/nothing", etc) == ST_IO, "no partition");
	make(":");
	ok(site_take(device, -1) == ST_IO && !is_empty(), "no folder");
}

static void
test_power_cuts(void)
{
	enum status st = ST_IO;
	int at;

	for (at = 0; st != ST_OK; at++) {
		make(":");
		cut_at = at;
		st = site_take(device, etc);
		cut_at = CUT_NEVER;
		ok(is_taken() || !is_empty(),
		    "power cut at call %d: nothing is lost", at);
		ok((st == ST_OK || site_take(device, etc) != ST_IO) &&
		    is_taken(), "the next start has all of it");
	}
	ok(at == 3 * 5 + 2 + 2 + 1, "five calls a file, two to forget what "
	    "was refused, two to overwrite (%d)",
	    at - 1);
}

int
main(void)
{
	char line[128];

	if (mkdtemp(name) == NULL)
		abort();
	snprintf(device, sizeof(device), "%s/seed", name);
	snprintf(line, sizeof(line), "%s/etc", name);
	if (files_folder(AT_FDCWD, line, 0700, &etc) != ST_OK)
		abort();
	test_takes();
	test_bad();
	test_power_cuts();
	snprintf(line, sizeof(line), "rm -r %s", name);
	return system(line) != 0 || done_testing();
}
