/*
 * spawn.h -- starts a program with exactly the descriptors it is given and
 * an empty environment, in a session of its own.
 */
#ifndef OS_SPAWN_H
#define OS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/status.h"

enum { SPAWN_FIRST_FD = 3, SPAWN_FDS_MAX = 8 };

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

#endif
