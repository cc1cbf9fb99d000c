/*
 * cut.h -- power cuts: the calls that change a disk, counted; from the
 * `cut_at`th on, none is done any more.  A write that is cut does half.
 * Linked instead of the C library's: a static program takes the first.
 */
#ifndef TESTS_UNIT_INIT_CUT_H
#define TESTS_UNIT_INIT_CUT_H

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { CUT_NEVER = 1 << 20 };

static int cut_at = CUT_NEVER;

/* True where the power is gone; *now: it went in this call. */
static int
cut(int *now)
{
	*now = cut_at == 0;
	if (cut_at < 0)
		return 1;
	cut_at--;
	return *now;
}

static int
refuse(void)
{
	errno = EIO;
	return -1;
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	int now;

	if (fd > STDERR_FILENO && cut(&now)) {
		if (now && len > 1)
			syscall(SYS_write, fd, bytes, len / 2);
		return refuse();
	}
	return syscall(SYS_write, fd, bytes, len);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	int now;

	if (cut(&now)) {
		if (now)
			syscall(SYS_pwrite64, fd, bytes, len / 2, at);
		return refuse();
	}
	return syscall(SYS_pwrite64, fd, bytes, len, at);
}

int
renameat(int from, const char *old, int to, const char *new)
{
	int now;

	if (cut(&now))
		return refuse();
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

int
unlinkat(int folder, const char *name, int flags)
{
	int now;

	if (cut(&now))
		return refuse();
	return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int
fsync(int fd)
{
	int now;

	return cut(&now) ? refuse() : (int)syscall(SYS_fsync, fd);
}

#endif
