/*
 * torn.h -- a disk whose power is cut: `writes_left` writes are whole, of the
 * next one `torn_bytes` arrive, of those behind it none.
 * Linked instead of the C library's: a static program takes the first.
 */
#ifndef TESTS_UNIT_SLOTS_TORN_H
#define TESTS_UNIT_SLOTS_TORN_H

#include <errno.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { TORN_NEVER = 1000 };

static int    writes_left = TORN_NEVER;
static size_t torn_bytes;

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	if (writes_left < 0) {
		errno = EIO;
		return -1;
	}
	if (writes_left-- == 0)
		len = torn_bytes;
	return syscall(SYS_pwrite64, fd, bytes, len, at);
}

#endif
