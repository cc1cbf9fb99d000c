/*
 * files.h -- small files that survive a power cut: whole, as they were
 * before, or as they were to be.
 */
#ifndef INIT_FILES_H
#define INIT_FILES_H

#include <sys/types.h>

#include "base/span.h"

/*
 * Appends all of the file to `out`.  `folder`: a descriptor, or AT_FDCWD.
 *   ST_OK
 *   ST_NOT_FOUND
 *   ST_TOO_BIG    no shorter than the room left
 *   ST_IO         with errno; also where it is no file, but a link or a pipe
 */
MUST_CHECK enum status
files_read(int folder, const char *name, struct buf *out);

/* Beside it, synced, renamed, the folder synced.  ST_OK, or ST_IO with
 * errno: then the old one is there. */
MUST_CHECK enum status
files_write(int folder, const char *name, struct span bytes, mode_t mode);

/* ST_OK, also where it is not there; ST_IO. */
MUST_CHECK enum status files_remove(int folder, const char *name);

/* The folder `name`, made where it is not there.  ST_OK or ST_IO. */
MUST_CHECK enum status
files_folder(int folder, const char *name, mode_t mode, int *fd);

/* Opens an empty file that is new, to write: what had the name is gone, be it
 * a link, a pipe, or a second name of another file.  -1 with errno. */
int files_create(int folder, const char *name, mode_t mode);

#endif
