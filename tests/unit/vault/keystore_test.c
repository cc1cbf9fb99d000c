#include "vault/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char dir[64];

static void
start(void)
{
	snprintf(dir, sizeof(dir), "/tmp/keystore-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
}

static void
end(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		printf("# rm failed\n");
}

static void
path_to(const char *name, char *path)
{
	snprintf(path, 128, "%s/%s", dir, name);
}

static void
test_made_once(void)
{
	struct secret_32 one = { { 0 } }, two = { { 0 } };
	struct stat about;
	char path[128];

	start();
	path_to("root.key", path);
	ok(keystore_file.load(dir, false, &one) == ST_NOT_FOUND
	    && access(path, F_OK) != 0, "not made where it may not be");
	ok(keystore_file.load(dir, true, &one) == ST_OK, "made");
	ok(stat(path, &about) == 0 && about.st_size == 32
	    && (about.st_mode & 07777) == 0600, "32 bytes, mode 0600");
	ok(keystore_file.load(dir, true, &two) == ST_OK
	    && memcmp(&one, &two, 32) == 0, "and kept");
	end();
}

static void
test_refused(void)
{
	struct secret_32 root = { { 9 } };
	char path[128], other[128];

	start();
	path_to("root.key", path);
	path_to("elsewhere", other);
	ok(file_replace(dir, "root.key", "short", 5) == ST_OK
	    && keystore_file.load(dir, true, &root) == ST_CORRUPT
	    && root.byte[0] == 9, "too short; the result is untouched");
	ok(file_replace(dir, "root.key", "0123456789012345678901234567890123",
	    33) == ST_OK
	    && keystore_file.load(dir, true, &root) == ST_CORRUPT, "too long");
	chmod(path, 0640);
	ok(keystore_file.load(dir, true, &root) == ST_DENIED,
	    "readable by others");
	unlink(path);
	ok(file_replace(dir, "elsewhere", "01234567890123456789012345678901",
	    32) == ST_OK && symlink(other, path) == 0
	    && keystore_file.load(dir, true, &root) == ST_DENIED, "a link");
	end();
}

/* A crash between the steps leaves the new name or the old contents. */
static void
test_replace(void)
{
	char path[128], bytes[16];
	size_t len = 0;

	start();
	ok(file_replace(dir, "f", "old", 3) == ST_OK, "written");
	path_to("f.new", path);
	ok(access(path, F_OK) != 0, "nothing is left beside it");
	fclose(fopen(path, "w"));
	ok(file_replace(dir, "f", "newer", 5) == ST_OK
	    && file_read(dir, "f", bytes, sizeof(bytes), &len) == ST_OK
	    && len == 5 && memcmp(bytes, "newer", 5) == 0,
	    "what a crash left is no obstacle");
	ok(file_read(dir, "g", bytes, sizeof(bytes), &len) == ST_NOT_FOUND,
	    "no such file");
	ok(file_replace("/nonexistent", "f", "x", 1) == ST_NOT_FOUND,
	    "no such directory");
	end();
}

int
main(void)
{
	test_made_once();
	test_refused();
	test_replace();
	return done_testing();
}
