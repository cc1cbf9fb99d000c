/*
 * folder.h -- the folder of one source: what is in it, and files taken out of
 * it, to done or to failed.
 *
 * Whoever writes there is the laboratory's network: names are single names
 * below an open directory, links are never followed, a file is what its
 * descriptor says it is.  Looking at it never opens a device or a pipe.
 * Never: reads a file's bytes; logs a name.
 */
#ifndef SPOOL_FOLDER_H
#define SPOOL_FOLDER_H

#include <sys/types.h>

#include "spool/names.h"

/* Which bytes a name stands for: changes whenever somebody writes. */
struct file_id {
	uint64_t device, inode, size, mtime_s, mtime_ns;
};

enum file_kind {
	FILE_GONE,
	FILE_GOOD,
	FILE_EMPTY,	/* still to be written, or a witness */
	FILE_ODD,	/* a link, a device, a pipe */
	FILE_FOLDER,	/* done, failed, or one that is not ours */
	FILE_LINKED,	/* it has another name somewhere: not ours alone */
	FILE_KINDS
};

struct folder {
	int fd;			/* the directory itself */
	int done, failed;	/* -1: not open yet */
	uint64_t keep_s;	/* how long files stay in done; 0: erased */
};

/* Opens the directory `path`, as long as paths can be reached: before the
 * sandbox.  ST_OK, or ST_IO with errno. */
MUST_CHECK enum status
folder_open(struct folder *f, const char *path, uint64_t keep_s);

/*
 * Makes and opens done and failed, as the role's own user: in the sandbox.
 * Idempotent.
 *
 *   ST_OK      files can be read, moved and erased there
 *   ST_DENIED  this user may not write there, or not read
 *   ST_IO      something else than a directory has that name
 */
MUST_CHECK enum status folder_prepare(struct folder *f);

/* True where the directory itself was removed, or its disk. */
bool folder_is_gone(const struct folder *f);

/* Calls `on` with each name; ST_OK or ST_IO. */
MUST_CHECK enum status
folder_list(const struct folder *f, void (*on)(void *owner, const char *name),
    void *owner);

/* What `name` is; fills `id` where it is FILE_GOOD or FILE_EMPTY. */
enum file_kind
folder_look(const struct folder *f, const char *name, struct file_id *id);

bool file_id_equal(const struct file_id *a, const struct file_id *b);

/*
 * Opens `name` for reading if it still is the file `id`.
 *
 *   ST_OK
 *   ST_INVALID  it is another one now, or none, or something odd
 *   ST_DENIED   this user may not read it
 *   ST_IO
 */
MUST_CHECK enum status
folder_open_file(const struct folder *f, const char *name,
    const struct file_id *id, int *fd);

/* True where nobody wrote to the open file since it was `id`. */
bool folder_is_unchanged(int fd, const struct file_id *id);

/*
 * Takes the file `id` away, since it is stored: into done, and off the disk
 * where nothing is kept.  Atomic: whoever replaces it meanwhile has the new
 * one left in its place.
 *
 *   ST_OK         or it was gone already
 *   ST_INVALID    the name stands for other bytes now; they stay
 *   ST_DENIED, ST_DISK_FULL, ST_IO  it is still there
 */
MUST_CHECK enum status
folder_take_stored(const struct folder *f, const char *name,
    const struct file_id *id);

/* One of several files that are stored together. */
struct leaving {
	char name[NAME_BYTES];
	struct file_id id;
};

enum { LEAVING_MAX = 17 };

/*
 * Takes all of them away as folder_take_stored() does, and notes them first:
 * killed in between, folder_finish_leaving() takes the rest.  A file that is
 * left alone would be taken for a new one, and a PDF be named by whoever
 * comes next.  `each` gets the status of every one.
 */
void folder_take_together(const struct folder *f, const struct leaving *all,
    unsigned n, enum status *each);

/* After folder_prepare(), before anything is looked at. */
void folder_finish_leaving(const struct folder *f);

/* Takes it into failed, with `text` beside it as NAME.error.txt; statuses
 * likewise.  ST_NO_SPACE: it is there, but the text could not be written. */
MUST_CHECK enum status
folder_take_refused(const struct folder *f, const char *name,
    const struct file_id *id, struct span text);

/* Removes an empty file. */
MUST_CHECK enum status
folder_remove_empty(const struct folder *f, const char *name,
    const struct file_id *id);

/* Erases what was in done for longer than keep_s; returns how many. */
unsigned folder_sweep(const struct folder *f, uint64_t now_s);

#endif
