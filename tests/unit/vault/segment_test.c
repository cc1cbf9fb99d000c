#include "vault/segment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char dir[64];
static int sync_fails;			/* so many times */

/* The linker puts this between segment.c and the kernel. */
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

int
__wrap_fdatasync(int fd)
{
	if (sync_fails == 0)
		return __real_fdatasync(fd);
	sync_fails--;
	errno = EIO;
	return -1;
}

static void
start(struct segments *s, uint64_t bytes_max)
{
	snprintf(dir, sizeof(dir), "/tmp/segment-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		abort();
	segments_init(s, dir, bytes_max);
}

static void
end(struct segments *s)
{
	char command[128];

	segments_close(s);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		printf("# rm failed\n");
}

static struct extent
put(struct segments *s, const char *text)
{
	struct extent e = { 0 };

	if (segments_reserve(s, strlen(text), &e) != ST_OK
	    || segments_write(s, &e, 0, span_of(text)) != ST_OK)
		printf("# put failed\n");
	return e;
}

static bool
holds(struct segments *s, const struct extent *e, const char *text)
{
	uint8_t bytes[64] = { 0 };

	return segments_read(s, e, 0, bytes, e->size) == ST_OK
	    && memcmp(bytes, text, e->size) == 0;
}

static void
test_append_and_read(void)
{
	struct segments s;
	struct extent a, b;
	uint64_t syncs = 0;
	uint8_t byte;

	start(&s, 1000);
	a = put(&s, "first");
	b = put(&s, "second");
	ok(a.segment == 1 && a.start == 0 && b.start == 5, "one after another");
	ok(holds(&s, &a, "first") && holds(&s, &b, "second"), "read back");
	ok(segments_sync(&s, &syncs) == ST_OK && syncs == 1, "one sync");
	ok(segments_sync(&s, &syncs) == ST_OK && syncs == 1, "then none");
	ok(segments_read(&s, &b, 6, &byte, 1) == ST_CORRUPT,
	    "beyond the end of the file");
	b.segment = 99;
	ok(segments_read(&s, &b, 0, &byte, 1) == ST_NOT_FOUND, "no such file");
	end(&s);
}

static void
test_rotation_and_many_files(void)
{
	struct segments s;
	struct extent e[20];
	char text[16];
	uint64_t syncs = 0;
	bool good = true;

	start(&s, 10);
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "object%02d", i);
		e[i] = put(&s, text);
	}
	ok(e[19].segment == 20, "one object a file");
	ok(segments_sync(&s, &syncs) == ST_OK, "synced");
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "object%02d", i);
		good = good && holds(&s, &e[i], text);
	}
	ok(good, "all can be read with %d open at a time", SEGMENT_OPEN_MAX);
	end(&s);
}

static void
test_destroy(void)
{
	struct segments s;
	struct extent a, b;
	uint64_t syncs = 0;

	start(&s, 1000);
	a = put(&s, "first");
	b = put(&s, "second");
	ok(segments_destroy(&s, &a) == ST_OK
	    && holds(&s, &a, "\0\0\0\0\0"), "zeroes");
	ok(holds(&s, &b, "second"), "the neighbour is untouched");
	ok(segments_sync(&s, &syncs) == ST_OK, "durable");
	segments_remove(&s, 1);
	ok(segments_destroy(&s, &a) == ST_OK, "of a file that is gone: done");
	end(&s);
}

static void
test_release(void)
{
	struct segments s;
	struct extent a, b, c;

	start(&s, 1000);
	a = put(&s, "first");
	b = put(&s, "second");
	segments_release(&s, &b);
	ok(s.end == 5, "the last one is taken back");
	c = put(&s, "third");
	segments_release(&s, &a);
	ok(s.end == 10 && holds(&s, &a, "\0\0\0\0\0")
	    && holds(&s, &c, "third"), "one in between leaves a hole");
	end(&s);
}

static void
test_resume(void)
{
	struct segments s;
	struct extent a;
	char path[128];
	struct stat about;

	start(&s, 1000);
	a = put(&s, "first");
	(void)put(&s, "torn");
	segments_close(&s);
	segments_init(&s, dir, 1000);
	ok(segments_resume(&s, 1, 5) == ST_OK && holds(&s, &a, "first"),
	    "goes on");
	snprintf(path, sizeof(path), "%s/segment-000001", dir);
	ok(stat(path, &about) == 0 && about.st_size == 5,
	    "what no row names is cut off");
	ok(put(&s, "x").start == 5, "and its place used again");
	segments_close(&s);
	ok(segments_resume(&s, 1, 500) == ST_OK
	    && segments_length(&s, 1) == 6, "a file too short stays so");
	ok(put(&s, "x").start == 500 && holds(&s, &a, "first"),
	    "what is new goes behind what is missing");
	ok(segments_length(&s, 7) == 0 && segments_resume(&s, 7, 5) == ST_OK,
	    "a file that is gone");
	ok(put(&s, "x").start == 5, "is made again");
	ok(segments_resume(&s, 0, 0) == ST_OK, "nothing yet");
	end(&s);
}

/* More files are written to than can be open: one must go, and cannot be
 * synced.  What was in it is lost, so the next commit must not be told OK. */
static void
test_a_lost_sync_is_told(void)
{
	struct segments s;
	uint64_t syncs = 0;

	start(&s, 10);
	for (int i = 0; i < SEGMENT_OPEN_MAX; i++)
		(void)put(&s, "12345678");
	sync_fails = 1;
	(void)put(&s, "12345678");
	ok(sync_fails == 0, "the one that goes is synced");
	ok(segments_sync(&s, &syncs) == ST_IO, "its failure is the commit's");
	ok(segments_sync(&s, &syncs) == ST_OK, "once");
	end(&s);
}

/* A file that only was read goes before one that was written to. */
static void
test_clean_files_go_first(void)
{
	struct segments s;
	struct extent e[SEGMENT_OPEN_MAX + 1], one;
	uint64_t syncs = 0;

	start(&s, 10);
	for (int i = 0; i <= SEGMENT_OPEN_MAX; i++)
		e[i] = put(&s, "12345678");
	ok(segments_sync(&s, &syncs) == ST_OK, "all are clean");
	one = put(&s, "12345678");
	syncs = 0;
	for (int i = 0; i <= SEGMENT_OPEN_MAX; i++)
		(void)holds(&s, &e[i], "12345678");
	ok(segments_sync(&s, &syncs) == ST_OK && syncs == 1
	    && holds(&s, &one, "12345678"),
	    "what was written to stays open for its sync");
	end(&s);
}

int
main(void)
{
	test_a_lost_sync_is_told();
	test_clean_files_go_first();
	test_append_and_read();
	test_rotation_and_many_files();
	test_destroy();
	test_release();
	test_resume();
	return done_testing();
}
