/*
 * whole.h -- all of a file, where read(2) and write(2) move less or are
 * interrupted.  For blocking descriptors.
 */
#ifndef OS_WHOLE_H
#define OS_WHOLE_H

#include "base/span.h"

/*
 * Appends what there is up to the end; in part where it is not ST_OK.
 *   ST_OK
 *   ST_TOO_BIG  `out` is full: whether there is more was not looked at
 *   ST_IO       with errno
 */
MUST_CHECK enum status whole_read(int fd, struct buf *out);

/* The same of the file of that name; links are followed. */
MUST_CHECK enum status whole_load(const char *path, struct buf *out);

/* ST_OK, or ST_IO with errno: some of it may be written. */
MUST_CHECK enum status whole_write(int fd, struct span bytes);

#endif
