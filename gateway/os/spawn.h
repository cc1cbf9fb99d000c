/*
 * spawn.h -- starts a program with exactly the descriptors it is given and
 * an empty environment, in a session of its own.
 */
#ifndef OS_SPAWN_H
#define OS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"

enum {
	SPAWN_FIRST_FD = 3,
	SPAWN_FDS_MAX = 8,
	SPAWN_ABOVE = 64	/* every descriptor that a child gets is below */
};

struct spawn {
	const char *program;	/* path; argv[0] is its last part */
	const char *directory;	/* to start in */
	int         fd[SPAWN_FDS_MAX];	/* become 3, 4, ...; stay the caller's */
	unsigned    n_fds;
	bool        for_parent;	/* it is our parent's child, as we are */
};

/*
 * ST_OK with `*pid`; ST_IO with errno of what failed, in the child too.
 * Where `for_parent` is set, `*pid` is the child even then, or 0: the parent
 * has to wait for it.
 */
MUST_CHECK enum status spawn(const struct spawn *what, pid_t *pid);

/*
 * For who calls fork() and execve() itself, between the two: no signal is
 * blocked or caught, the `n_fds` descriptors (at most SPAWN_FDS_MAX) are 3,
 * 4, ..., and all others from there on close at execve().  Until then, one
 * from SPAWN_ABOVE on that closes by itself stays as it is.
 * ST_OK, or ST_IO with errno.
 */
MUST_CHECK enum status spawn_settle(const int *fd, unsigned n_fds);

#endif
