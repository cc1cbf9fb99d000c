#include "intake/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/random.h"

static char folder[512], path[512], made[512];

static enum status
sync_folder(void)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int refused = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		close(fd);
	return refused ? ST_IO : ST_OK;
}

/* Under another name first: a power cut leaves the whole key or none. */
static enum status
make(struct secret_32 *key)
{
	int fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written;

	if (fd < 0)
		return ST_IO;
	random_bytes(key->byte, sizeof(key->byte));
	written = write(fd, key->byte, sizeof(key->byte)) ==
	    (ssize_t)sizeof(key->byte) && fsync(fd) == 0;
	close(fd);
	if (!written || rename(made, path) != 0)
		return ST_IO;
	return sync_folder();
}

static enum status
take(int fd, struct secret_32 *key)
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return ST_IO;
	if ((info.st_mode & 077) != 0)
		return ST_DENIED;
	if (info.st_size != sizeof(key->byte) ||
	    read(fd, key->byte, sizeof(key->byte)) !=
	    (ssize_t)sizeof(key->byte))
		return ST_CORRUPT;
	return ST_OK;
}

/* See keyfile.h. */
enum status
keyfile_load(const char *state_dir, struct secret_32 *key, const char **what)
{
	enum status st;
	int fd;

	snprintf(folder, sizeof(folder), "%s/intake", state_dir);
	snprintf(path, sizeof(path), "%s/intake/intake.key", state_dir);
	snprintf(made, sizeof(made), "%s/intake/intake.key.new", state_dir);
	*what = folder;
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ST_IO;
	*what = path;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return make(key);
	if (fd < 0)
		return ST_IO;
	st = take(fd, key);
	close(fd);
	return st;
}
