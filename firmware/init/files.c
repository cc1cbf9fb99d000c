#include "init/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/whole.h"

enum { NAME_BYTES = 128 };

/* A file and nothing else: a pipe of that name would hold up PID 1. */
static int
open_file(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
	    O_NONBLOCK);
	struct stat info;

	if (fd < 0 || (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* See files.h. */
enum status
files_read(int folder, const char *name, struct buf *out)
{
	int fd = open_file(folder, name), error;
	enum status st;

	if (fd < 0)
		return errno == ENOENT ? ST_NOT_FOUND : ST_IO;
	st = whole_read(fd, out);
	error = errno;
	close(fd);
	errno = error;
	return st;
}

/* See files.h. */
int
files_create(int folder, const char *name, mode_t mode)
{
	if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
		return -1;
	return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    mode);
}

static enum status
write_beside(int folder, const char *beside, struct span bytes, mode_t mode)
{
	int fd = files_create(folder, beside, mode);
	enum status st;

	if (fd < 0)
		return ST_IO;
	st = whole_write(fd, bytes);
	if (st == ST_OK && fsync(fd) != 0)
		st = ST_IO;
	close(fd);
	return st;
}

/* See files.h. */
enum status
files_write(int folder, const char *name, struct span bytes, mode_t mode)
{
	char beside[NAME_BYTES];

	if (snprintf(beside, sizeof(beside), "%s.new", name) >= NAME_BYTES)
		return ST_IO;
	TRY(write_beside(folder, beside, bytes, mode));
	if (renameat(folder, beside, folder, name) != 0)
		return ST_IO;
	return fsync(folder) == 0 ? ST_OK : ST_IO;
}

/* See files.h. */
enum status
files_remove(int folder, const char *name)
{
	if (unlinkat(folder, name, 0) != 0)
		return errno == ENOENT ? ST_OK : ST_IO;
	return fsync(folder) == 0 ? ST_OK : ST_IO;
}

/* See files.h. */
enum status
files_folder(int folder, const char *name, mode_t mode, int *fd)
{
	if (mkdirat(folder, name, mode) != 0 && errno != EEXIST)
		return ST_IO;
	*fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
	return *fd >= 0 ? ST_OK : ST_IO;
}
