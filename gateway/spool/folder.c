#include "spool/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SUFFIXES_MAX = 10000,	/* files of one name in done or failed */
	SUB_MODE = 0700
};

static enum status
status_of_error(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
	case EROFS:
		return ST_DENIED;
	case ENOSPC:
	case EDQUOT:
		return ST_DISK_FULL;
	case ENOENT:
		return ST_NOT_FOUND;
	default:
		return ST_IO;
	}
}

/* --- opening --------------------------------------------------------------- */

static int
open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC);
}

/* See folder.h. */
enum status
folder_open(struct folder *f, const char *path, uint64_t keep_s)
{
	*f = (struct folder){ .done = -1, .failed = -1, .keep_s = keep_s };
	/* The operator's own path may go through links. */
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd < 0 ? ST_IO : ST_OK;
}

static bool
was_removed(int fd)
{
	struct stat info;

	return fstat(fd, &info) != 0 || info.st_nlink == 0;
}

/* Made again where somebody removed it. */
static enum status
open_sub(int at, const char *name, int *fd)
{
	if (*fd >= 0 && was_removed(*fd)) {
		close(*fd);
		*fd = -1;
	}
	if (*fd < 0) {
		if (mkdirat(at, name, SUB_MODE) != 0 && errno != EEXIST)
			return status_of_error(errno);
		*fd = open_folder(at, name);
	}
	if (*fd < 0)
		return status_of_error(errno);
	return faccessat(*fd, ".", R_OK | W_OK | X_OK, 0) == 0 ? ST_OK
	    : status_of_error(errno);
}

/* See folder.h. */
enum status
folder_prepare(struct folder *f)
{
	enum status st = ST_OK;

	if (faccessat(f->fd, ".", R_OK | W_OK | X_OK, 0) != 0)
		return status_of_error(errno);
	st = open_sub(f->fd, "done", &f->done);
	if (st == ST_OK)
		st = open_sub(f->fd, "failed", &f->failed);
	return st == ST_OK || st == ST_DENIED ? st : ST_IO;
}

/* See folder.h. */
bool
folder_is_gone(const struct folder *f)
{
	return was_removed(f->fd);
}

/* --- looking --------------------------------------------------------------- */

static enum status
list(int at, void (*on)(void *owner, const char *name), void *owner)
{
	int fd = open_folder(at, ".");	/* one with its own position */
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return ST_IO;
	}
	errno = 0;
	while ((e = readdir(d)) != NULL)
		on(owner, e->d_name);
	closedir(d);
	return ST_OK;
}

/* See folder.h. */
enum status
folder_list(const struct folder *f, void (*on)(void *owner, const char *name),
    void *owner)
{
	return list(f->fd, on, owner);
}

static struct file_id
id_of(const struct stat *info)
{
	return (struct file_id){
		.device = (uint64_t)info->st_dev,
		.inode = (uint64_t)info->st_ino,
		.size = (uint64_t)info->st_size,
		.mtime_s = (uint64_t)info->st_mtim.tv_sec,
		.mtime_ns = (uint64_t)info->st_mtim.tv_nsec,
	};
}

static enum file_kind
kind_of(const struct stat *info)
{
	if (S_ISDIR(info->st_mode))
		return FILE_FOLDER;
	if (!S_ISREG(info->st_mode))
		return FILE_ODD;
	if (info->st_nlink != 1)
		return info->st_nlink == 0 ? FILE_GONE : FILE_LINKED;
	return info->st_size == 0 ? FILE_EMPTY : FILE_GOOD;
}

static enum file_kind
look(int at, const char *name, struct file_id *id)
{
	struct stat info;

	if (fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return FILE_GONE;
	*id = id_of(&info);
	return kind_of(&info);
}

/* See folder.h. */
enum file_kind
folder_look(const struct folder *f, const char *name, struct file_id *id)
{
	return look(f->fd, name, id);
}

/* See folder.h. */
bool
file_id_equal(const struct file_id *a, const struct file_id *b)
{
	return a->device == b->device && a->inode == b->inode &&
	    a->size == b->size && a->mtime_s == b->mtime_s &&
	    a->mtime_ns == b->mtime_ns;
}

/* See folder.h. */
bool
folder_is_unchanged(int fd, const struct file_id *id)
{
	struct stat info;
	struct file_id now;

	if (fstat(fd, &info) != 0 || kind_of(&info) != FILE_GOOD)
		return false;
	now = id_of(&info);
	return file_id_equal(&now, id);
}

/* See folder.h.  One name without a slash and O_NOFOLLOW: there is nothing
 * left for a path to lead astray. */
enum status
folder_open_file(const struct folder *f, const char *name,
    const struct file_id *id, int *fd)
{
	int opened = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC);

	if (opened < 0 && (errno == ENOENT || errno == ELOOP ||
	    errno == ENXIO))
		return ST_INVALID;
	if (opened < 0)
		return status_of_error(errno);
	if (!folder_is_unchanged(opened, id)) {
		close(opened);
		return ST_INVALID;
	}
	*fd = opened;
	return ST_OK;
}

/* --- taking away ----------------------------------------------------------- */

/* A rename that replaces nothing; not every network file system knows it. */
static int
rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (faccessat(to_fd, to, F_OK, 0) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_fd, from, to_fd, to);
}

/* Into `sub` under the first name that is free: `there`. */
static enum status
move(const struct folder *f, const char *name, int sub,
    char there[static NAME_BYTES])
{
	for (unsigned n = 0; n < SUFFIXES_MAX; n++) {
		name_with(name, n, "", there);
		if (rename_new(f->fd, name, sub, there) == 0)
			return ST_OK;
		if (errno != EEXIST)
			return status_of_error(errno);
	}
	return ST_IO;
}

/* As move(); what came out is `id`, or is put back. */
static enum status
take(const struct folder *f, const char *name, const struct file_id *id,
    int sub, char there[static NAME_BYTES])
{
	struct file_id now;
	enum status st;

	if (look(f->fd, name, &now) == FILE_GONE)
		return ST_NOT_FOUND;
	if (!file_id_equal(&now, id))
		return ST_INVALID;
	st = move(f, name, sub, there);
	if (st != ST_OK)	/* not found: `sub`, it was there itself */
		return st == ST_NOT_FOUND ? ST_IO : st;
	if (look(sub, there, &now) != FILE_GONE && file_id_equal(&now, id))
		return ST_OK;
	/* Replaced between the two.  Should yet another one have come, this
	 * one stays where it is, under a name of its own. */
	if (rename_new(sub, there, f->fd, name) != 0) {
		char other[NAME_BYTES];

		name_with(name, 1, "", other);
		(void)!rename_new(sub, there, f->fd, other);
	}
	return ST_INVALID;
}

/* See folder.h. */
enum status
folder_take_stored(const struct folder *f, const char *name,
    const struct file_id *id)
{
	char there[NAME_BYTES];
	enum status st = take(f, name, id, f->done, there);

	if (st == ST_OK && f->keep_s == 0)
		(void)!unlinkat(f->done, there, 0);	/* or by the sweep */
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Hidden in done, where nobody else may write. */
static const char note[] = ".leaving";

/* See folder.h.  Without room for the note they leave all the same. */
void
folder_take_together(const struct folder *f, const struct leaving *all,
    unsigned n, enum status *each)
{
	int fd = n < 2 ? -1 : openat(f->done, note, O_WRONLY | O_CREAT |
	    O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0) {
		(void)!write(fd, all, n * sizeof(*all));
		close(fd);
	}
	for (unsigned i = 0; i < n; i++)
		each[i] = folder_take_stored(f, all[i].name, &all[i].id);
	if (fd >= 0)
		(void)!unlinkat(f->done, note, 0);
}

/* See folder.h.  Half a note names files that are stored, too. */
void
folder_finish_leaving(const struct folder *f)
{
	struct leaving all[LEAVING_MAX];
	int fd = openat(f->done, note, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, all, sizeof(all));
	close(fd);
	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(all[0]); i++) {
		struct span name = { (const uint8_t *)all[i].name,
		    strnlen(all[i].name, NAME_BYTES) };

		if (name_is_simple(name))
			(void)!folder_take_stored(f, all[i].name, &all[i].id);
	}
	(void)!unlinkat(f->done, note, 0);
}

static enum status
explain(const struct folder *f, const char *name, struct span text)
{
	char there[NAME_BYTES];
	ssize_t n;
	int fd;

	name_with(name, 0, ".error.txt", there);
	(void)!unlinkat(f->failed, there, 0);	/* of one put back since */
	fd = openat(f->failed, there, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return ST_NO_SPACE;
	n = write(fd, text.ptr, text.len);
	close(fd);
	if (n == (ssize_t)text.len)
		return ST_OK;
	(void)!unlinkat(f->failed, there, 0);	/* half a reason is none */
	return ST_NO_SPACE;
}

/* See folder.h. */
enum status
folder_take_refused(const struct folder *f, const char *name,
    const struct file_id *id, struct span text)
{
	char there[NAME_BYTES];
	enum status st = take(f, name, id, f->failed, there);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	return st != ST_OK ? st : explain(f, there, text);
}

/* See folder.h. */
enum status
folder_remove_empty(const struct folder *f, const char *name,
    const struct file_id *id)
{
	struct file_id now;

	if (look(f->fd, name, &now) != FILE_EMPTY || !file_id_equal(&now, id))
		return ST_INVALID;
	return unlinkat(f->fd, name, 0) == 0 ? ST_OK : status_of_error(errno);
}

/* --- what was kept --------------------------------------------------------- */

struct sweep {
	const struct folder *f;
	uint64_t now_s;
	unsigned n;
};

/* A rename sets the change time, on most file systems. */
static void
sweep_one(void *owner, const char *name)
{
	struct sweep *s = owner;
	struct stat info;
	uint64_t since_s;

	if (fstatat(s->f->done, name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(info.st_mode))
		return;
	since_s = (uint64_t)info.st_ctim.tv_sec;
	if (since_s + s->f->keep_s <= s->now_s &&
	    unlinkat(s->f->done, name, 0) == 0)
		s->n++;
}

/* See folder.h. */
unsigned
folder_sweep(const struct folder *f, uint64_t now_s)
{
	struct sweep s = { f, now_s, 0 };

	if (f->done >= 0 && list(f->done, sweep_one, &s) != ST_OK)
		return 0;
	return s.n;
}
