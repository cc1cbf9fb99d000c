#include "init/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cut.h"
#include "tap.h"

static char name[] = "/tmp/guichet-files-XXXXXX";
static int folder;

static struct span
content(void)
{
	static uint8_t bytes[64];
	struct buf out = buf_over(bytes, sizeof(bytes));

	if (files_read(folder, "f", &out) != ST_OK)
		return span_of("");
	return buf_span(&out);
}

static void
test_read(void)
{
	uint8_t bytes[4];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(files_read(folder, "f", &out) == ST_NOT_FOUND, "nothing there");
	ok(files_write(folder, "f", span_of("text"), 0600) == ST_OK &&
	    files_read(folder, "f", &out) == ST_TOO_BIG,
	    "no room to see its end");
	ok(files_read(-1, "f", &out) == ST_IO, "no folder");
	ok(span_is(content(), "text"), "what was written");
	ok(symlinkat("f", folder, "link") == 0, "a link");
	out.len = 0;
	ok(files_read(folder, "link", &out) == ST_IO, "is not followed");
}

/* Whoever writes the card may leave these; PID 1 must not wait for one, nor
 * write through it. */
static void
test_no_file(void)
{
	uint8_t bytes[8];
	struct buf out = buf_over(bytes, sizeof(bytes));

	alarm(5);
	ok(mkfifoat(folder, "pipe", 0600) == 0 &&
	    files_read(folder, "pipe", &out) == ST_IO, "a pipe is not read");
	ok(mkfifoat(folder, "pipe.new", 0600) == 0 && files_write(folder,
	    "pipe", span_of("x"), 0600) == ST_OK, "nor written to");
	ok(files_read(folder, "pipe", &out) == ST_OK && out.len == 1,
	    "a file takes its place");
	alarm(0);
	ok(linkat(folder, "f", folder, "pipe.new", 0) == 0 && files_write(
	    folder, "pipe", span_of("y"), 0600) == ST_OK &&
	    span_is(content(), "text"), "a second name is not written through");
	unlinkat(folder, "pipe", 0);
}

static void
test_mode(void)
{
	struct stat info;

	ok(fstatat(folder, "f", &info, 0) == 0 &&
	    (info.st_mode & 0777) == 0600, "as private as asked for");
}

static void
test_remove(void)
{
	ok(files_remove(folder, "f") == ST_OK && content().len == 0, "gone");
	ok(files_remove(folder, "f") == ST_OK, "gone twice");
	ok(files_remove(-1, "f") == ST_IO, "no folder");
}

static void
test_power_cuts(void)
{
	enum status st = ST_IO;
	int at;

	for (at = 0; st != ST_OK; at++) {
		cut_at = CUT_NEVER;
		if (files_write(folder, "f", span_of("before"), 0600) != ST_OK)
			abort();
		cut_at = at;
		st = files_write(folder, "f", span_of("after"), 0600);
		cut_at = CUT_NEVER;
		ok(span_is(content(), "before") || span_is(content(), "after"),
		    "power cut at call %d: whole", at);
		if (st == ST_OK)
			ok(span_is(content(), "after"), "not cut: written");
	}
	ok(at == 6, "unlink, write, fsync, rename, fsync of the folder (%d)",
	    at - 1);
}

int
main(void)
{
	int sub;

	if (mkdtemp(name) == NULL ||
	    files_folder(AT_FDCWD, name, 0700, &folder) != ST_OK)
		abort();
	test_read();
	test_no_file();
	test_mode();
	test_power_cuts();
	test_remove();
	ok(files_folder(folder, "sub", 0700, &sub) == ST_OK &&
	    files_folder(folder, "sub", 0700, &sub) == ST_OK,
	    "a folder, also where it is there");
	unlinkat(folder, "sub", AT_REMOVEDIR);
	unlinkat(folder, "link", 0);
	unlinkat(folder, "f.new", 0);
	rmdir(name);
	return done_testing();
}
