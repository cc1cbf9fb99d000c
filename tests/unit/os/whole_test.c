/* A kernel that moves three bytes at a time and is interrupted before each. */
#include "os/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tap.h"

enum { AT_ONCE = 3 };

static const char text[] = "eleven byte";
static unsigned calls;
static int      fails_with;	/* an errno; 0: none */

/* The bytes of this call; 0 where it fails. */
static size_t
moves(size_t len)
{
	errno = fails_with != 0 ? fails_with : EINTR;
	if (fails_with != 0 || calls++ % 2 == 0)
		return 0;
	return len < AT_ONCE ? len : AT_ONCE;
}

ssize_t
read(int fd, void *to, size_t len)
{
	len = moves(len);
	return len == 0 ? -1 : syscall(SYS_read, fd, to, len);
}

ssize_t
write(int fd, const void *from, size_t len)
{
	if (fd == STDOUT_FILENO)
		return syscall(SYS_write, fd, from, len);
	len = moves(len);
	return len == 0 ? -1 : syscall(SYS_write, fd, from, len);
}

static void
test_write_and_read(int fd)
{
	char bytes[sizeof(text)];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(whole_write(fd, span_of(text)) == ST_OK, "all is written");
	ok(lseek(fd, 0, SEEK_CUR) == (off_t)strlen(text), "once");
	ok(lseek(fd, 0, SEEK_SET) == 0 && whole_read(fd, &out) == ST_OK &&
	    span_is(buf_span(&out), text), "and read");
	ok(whole_read(fd, &out) == ST_OK && span_is(buf_span(&out), text),
	    "there is no more");
	ok(whole_write(fd, (struct span){ 0 }) == ST_OK, "nothing to write");
}

static void
test_no_room(int fd)
{
	char bytes[sizeof(text) - 1];

	for (size_t max = 0; max < sizeof(text); max++) {
		struct buf out = buf_over(bytes, max);

		ok(lseek(fd, 0, SEEK_SET) == 0 && whole_read(fd, &out) ==
		    ST_TOO_BIG && out.len == max && memcmp(bytes, text, max)
		    == 0, "room for %zu of %zu", max, strlen(text));
	}
}

static void
test_path(int fd)
{
	char path[32], bytes[sizeof(text) + 2] = "<>";
	struct buf out = buf_over(bytes, sizeof(bytes));

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	out.len = 1;
	ok(whole_load(path, &out) == ST_OK && out.len == sizeof(text) &&
	    bytes[0] == '<' && memcmp(bytes + 1, text, strlen(text)) == 0,
	    "appended, by its path");
	errno = 0;
	ok(whole_load("/nowhere", &out) == ST_IO && errno == ENOENT,
	    "no such file");
	errno = 0;
	fails_with = EIO;
	ok(whole_load(path, &out) == ST_IO && errno == EIO, "a broken disk");
	ok(whole_write(fd, span_of(text)) == ST_IO && errno == EIO,
	    "in both directions");
	fails_with = 0;
}

int
main(void)
{
	int fd = memfd_create("whole", MFD_CLOEXEC);

	test_write_and_read(fd);
	test_no_room(fd);
	test_path(fd);
	return done_testing();
}
