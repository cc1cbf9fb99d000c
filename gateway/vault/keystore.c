#include "vault/keystore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/random.h"

static const char root_name[] = "root.key";

/* See keystore.h. */
enum status
status_of_errno(int number)
{
	switch (number) {
	case 0:
		return ST_OK;
	case ENOENT:
		return ST_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
		return ST_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ST_DISK_FULL;
	default:
		return ST_IO;
	}
}

static enum status
write_whole(int fd, const uint8_t *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ST_IO : status_of_errno(errno);
		bytes += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0 ? ST_OK : status_of_errno(errno);
}

/* See keystore.h. */
enum status
directory_sync(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st;

	if (fd < 0)
		return status_of_errno(errno);
	st = fsync(fd) == 0 ? ST_OK : status_of_errno(errno);
	(void)close(fd);
	return st;
}

/* See keystore.h. */
enum status
file_replace(const char *dir, const char *name, const void *bytes, size_t len)
{
	char fresh[256], path[256];
	enum status st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(fresh, sizeof(fresh), "%s/%s.new", dir, name);
	(void)unlink(fresh);		/* what a crash left */
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return status_of_errno(errno);
	st = write_whole(fd, bytes, len);
	(void)close(fd);
	if (st == ST_OK && rename(fresh, path) != 0)
		st = status_of_errno(errno);
	if (st != ST_OK) {
		(void)unlink(fresh);
		return st;
	}
	return directory_sync(dir);
}

static enum status
read_whole(int fd, uint8_t *bytes, size_t max, size_t *len)
{
	size_t used = 0;
	ssize_t n;

	do {
		n = read(fd, bytes + used, max - used);
		if (n < 0 && errno != EINTR)
			return status_of_errno(errno);
		if (n > 0)
			used += (size_t)n;
	} while (n != 0 && used < max);
	*len = used;
	return ST_OK;
}

/* See keystore.h. */
enum status
file_read(const char *dir, const char *name, void *bytes, size_t max,
    size_t *len)
{
	char path[256];
	struct stat about;
	enum status st;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return status_of_errno(errno);
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		st = ST_IO;
	else if ((about.st_mode & 077) != 0)
		st = ST_DENIED;
	else
		st = read_whole(fd, bytes, max, len);
	(void)close(fd);
	return st;
}

static enum status
complain(enum status st)
{
	switch (st) {
	case ST_NOT_FOUND:
		log_line(LOG_ERROR, "%s is missing but vault.db is there: "
		    "without it nothing stored can be read; put it back from "
		    "the backup; no file was changed", root_name);
		break;
	case ST_DENIED:
		log_line(LOG_ERROR, "%s: cannot be used: others may read it "
		    "(it must have mode 0600), or the partition is read-only",
		    root_name);
		break;
	case ST_CORRUPT:
		log_line(LOG_ERROR, "%s: is not 32 bytes long; put it back "
		    "from the backup; no file was changed", root_name);
		break;
	default:
		log_line(LOG_ERROR, "%s: %s", root_name, status_text(st));
		break;
	}
	return st;
}

static enum status
make_root(const char *dir, struct secret_32 *root)
{
	struct secret_32 fresh;
	enum status st;

	random_bytes(fresh.byte, sizeof(fresh.byte));
	st = file_replace(dir, root_name, fresh.byte, sizeof(fresh.byte));
	if (st == ST_OK) {
		*root = fresh;
		log_line(LOG_NOTICE, "a new device root was made: %s; keep a "
		    "copy where nobody else can read it", root_name);
	}
	wipe(&fresh, sizeof(fresh));
	return st;
}

static enum status
load_file(const char *dir, bool may_make, struct secret_32 *root)
{
	uint8_t bytes[33];
	size_t len = 0;
	enum status st = file_read(dir, root_name, bytes, sizeof(bytes), &len);

	if (st == ST_OK && len != 32)
		st = ST_CORRUPT;
	if (st == ST_OK)
		memcpy(root->byte, bytes, 32);
	wipe(bytes, sizeof(bytes));
	if (st == ST_NOT_FOUND && may_make)
		st = make_root(dir, root);
	return st == ST_OK ? ST_OK : complain(st);
}

const struct keystore keystore_file = {
	.name = "file", .erasure = "best effort", .load = load_file,
};
