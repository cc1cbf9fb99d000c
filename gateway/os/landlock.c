#include "os/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The kernel's interface (Documentation/userspace-api/landlock.rst), stated
 * here because the C library has no wrappers and headers are often older than
 * the kernel they run on.
 */
enum {
	VERSION_FLAG   = 1,
	RULE_PATH      = 1,
	RULE_PORT      = 2,
	ABI_REFER      = 2,
	ABI_TRUNCATE   = 3,
	ABI_NET        = 4,
	ABI_IOCTL      = 5,
	ABI_SCOPE      = 6
};

enum {
	FS_EXECUTE     = 1 << 0,
	FS_WRITE_FILE  = 1 << 1,
	FS_READ_FILE   = 1 << 2,
	FS_READ_DIR    = 1 << 3,
	FS_REMOVE_DIR  = 1 << 4,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_DIR    = 1 << 7,
	FS_MAKE_REG    = 1 << 8,
	FS_MAKE_SOCK   = 1 << 9,
	FS_FIRST_ALL   = (1 << 13) - 1,	/* every right of version 1 */
	FS_REFER       = 1 << 13,
	FS_TRUNCATE    = 1 << 14,
	FS_IOCTL_DEV   = 1 << 15,
	NET_BIND       = 1 << 0,	/* TCP, both */
	NET_CONNECT    = 1 << 1,
	SCOPE_ALL      = 3		/* abstract sockets, signals */
};

/* What a file, rather than a folder, can be allowed. */
#define FS_OF_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

struct ruleset_attr {
	uint64_t fs, net, scoped;
};

struct path_attr {
	uint64_t allowed;
	int32_t  parent;
} __attribute__((packed));

struct port_attr {
	uint64_t allowed, port;
};

static long
version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
}

/* See landlock.h. */
bool
landlock_knows_ports(void)
{
	return version() >= ABI_NET;
}

static struct ruleset_attr
handled(long abi, const uint16_t *ports)
{
	struct ruleset_attr a = { .fs = FS_FIRST_ALL };

	if (abi >= ABI_REFER)
		a.fs |= FS_REFER;
	if (abi >= ABI_TRUNCATE)
		a.fs |= FS_TRUNCATE;
	if (abi >= ABI_NET)
		a.net = ports != NULL ? NET_BIND | NET_CONNECT : NET_BIND;
	if (abi >= ABI_IOCTL)
		a.fs |= FS_IOCTL_DEV;
	if (abi >= ABI_SCOPE)
		a.scoped = SCOPE_ALL;
	return a;
}

/* An older kernel wants the shorter struct that it knows. */
static size_t
attr_bytes(long abi)
{
	return abi >= ABI_SCOPE ? 24 : abi >= ABI_NET ? 16 : 8;
}

static uint64_t
rights(const struct sandbox_path *path)
{
	uint64_t r = FS_READ_FILE | FS_READ_DIR;

	if (path->write)
		r |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE |
		    FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK | FS_REFER |
		    FS_TRUNCATE;
	if (path->execute)
		r |= FS_EXECUTE;
	return r;
}

static enum status
add_path(int ruleset, const struct sandbox_path *path, uint64_t known)
{
	struct path_attr rule = { .allowed = rights(path) & known };
	struct stat info;
	long failed;

	rule.parent = path->fd > 0 ? path->fd
	    : open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return ST_NOT_FOUND;
	if (fstat(rule.parent, &info) == 0 && !S_ISDIR(info.st_mode))
		rule.allowed &= FS_OF_FILE;
	failed = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
	if (rule.parent != path->fd)
		close(rule.parent);
	return failed != 0 ? ST_IO : ST_OK;
}

static enum status
add_port(int ruleset, uint16_t port)
{
	struct port_attr rule = { NET_CONNECT, port };

	return syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0)
	    == 0 ? ST_OK : ST_IO;
}

static enum status
restrict_to(int ruleset, const struct ruleset_attr *known,
    const struct sandbox_path *paths, const uint16_t *ports)
{
	for (; paths->path != NULL; paths++)
		TRY(add_path(ruleset, paths, known->fs));
	for (; (known->net & NET_CONNECT) != 0 && *ports != 0; ports++)
		TRY(add_port(ruleset, *ports));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ST_IO;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		return ST_IO;
	return ST_OK;
}

/* See landlock.h. */
enum status
landlock_enter(const struct sandbox_path *paths, const uint16_t *ports)
{
	long abi = version();
	struct ruleset_attr attr;
	enum status st;
	long ruleset;

	if (abi < 1)
		return ST_UNSUPPORTED;
	attr = handled(abi, ports);
	ruleset = syscall(SYS_landlock_create_ruleset, &attr, attr_bytes(abi),
	    0);
	if (ruleset < 0)
		return ST_IO;
	st = restrict_to((int)ruleset, &attr, paths, ports);
	close((int)ruleset);
	return st;
}
