#include "intake/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char folder[] = "/tmp/guichet-keyfile-XXXXXX";
static char path[128];

static enum status
load(struct secret_32 *key)
{
	const char *what;

	return keyfile_load(folder, key, &what);
}

static void
test_made_once_and_kept(void)
{
	struct secret_32 a = { { 0 } }, b = { { 0 } }, zero = { { 0 } };
	struct stat info;

	ok(load(&a) == ST_OK && memcmp(&a, &zero, 32) != 0, "made");
	ok(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600 &&
	    info.st_size == 32, "0600, 32 bytes");
	ok(load(&b) == ST_OK && memcmp(&a, &b, 32) == 0, "the same again");
}

static void
test_refusals(void)
{
	struct secret_32 key = { { 7 } };
	const char *what;

	chmod(path, 0640);
	ok(load(&key) == ST_DENIED, "others may read it");
	chmod(path, 0600);
	ok(truncate(path, 31) == 0 && load(&key) == ST_CORRUPT, "too short");
	ok(truncate(path, 0) == 0 && load(&key) == ST_CORRUPT, "empty");
	ok(key.byte[0] == 7, "the key is left alone");
	ok(keyfile_load("/nonexistent/guichet", &key, &what) == ST_IO &&
	    strstr(what, "/nonexistent/guichet/intake") == what,
	    "no such folder, which is named");
}

int
main(void)
{
	char inner[64];

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(inner, sizeof(inner), "%s/intake", folder);
	snprintf(path, sizeof(path), "%s/intake.key", inner);
	test_made_once_and_kept();
	test_refusals();
	unlink(path);
	rmdir(inner);
	rmdir(folder);
	return done_testing();
}
