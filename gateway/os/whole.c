#include "os/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* See whole.h. */
enum status
whole_read(int fd, struct buf *out)
{
	while (out->len < out->max) {
		ssize_t n = read(fd, out->ptr + out->len, out->max - out->len);

		if (n == 0)
			return ST_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ST_IO;
		out->len += (size_t)n;
	}
	return ST_TOO_BIG;
}

/* See whole.h. */
enum status
whole_load(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	enum status st;

	if (fd < 0)
		return ST_IO;
	st = whole_read(fd, out);
	error = errno;
	close(fd);
	errno = error;
	return st;
}

/* See whole.h. */
enum status
whole_write(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ST_IO;
		bytes = span_slice(bytes, (size_t)n, bytes.len);
	}
	return ST_OK;
}
