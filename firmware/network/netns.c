#include "network/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const char own[] = "/proc/self/ns/net";

/* See netns.h. */
enum status
netns_home(int *fd)
{
	*fd = open(own, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 ? ST_OK : ST_IO;
}

static enum status
make_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (len == 0 || len >= sizeof(folder)) {
		errno = EINVAL;
		return ST_IO;
	}
	memcpy(folder, path, len);
	folder[len] = '\0';
	return mkdir(folder, 0755) == 0 || errno == EEXIST ? ST_OK : ST_IO;
}

static enum status
make_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);

	if (fd < 0)
		return errno == EEXIST ? ST_EXISTS : ST_IO;
	close(fd);
	return ST_OK;
}

/* What the file holds is found under /proc/self: in the namespace itself. */
static enum status
keep_new(const char *path, int *fd)
{
	if (mount(own, path, NULL, MS_BIND, NULL) != 0)
		return ST_IO;
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 ? ST_OK : ST_IO;
}

/* See netns.h. */
enum status
netns_make(const char *path, int home, int *fd)
{
	enum status st;
	int error;

	TRY(make_folder(path));
	TRY(make_file(path));
	if (unshare(CLONE_NEWNET) != 0)
		return ST_IO;
	st = keep_new(path, fd);
	error = errno;
	netns_leave(home);
	errno = error;
	return st;
}

/* See netns.h. */
enum status
netns_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) == 0 ? ST_OK : ST_IO;
}

/* See netns.h. */
void
netns_leave(int home)
{
	if (setns(home, CLONE_NEWNET) != 0)
		unexpected("no way back from a network namespace", errno);
}
