/*
 * child.h -- programs of the image that init starts: with arguments, no
 * environment, exactly the descriptors they are given, in a network
 * namespace.
 */
#ifndef INIT_CHILD_H
#define INIT_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"
#include "init/watchdog.h"

enum { CHILD_FDS = 2 };

/* An empty folder of the image: the root of programs that give up theirs. */
#define CHILD_EMPTY "/tmp"

struct child {
	const char *const *argv;	/* argv[0]: its path; NULL at the end */
	const char *netns;		/* path; NULL: init's own */
	const char *directory;		/* to start in; NULL: "/" */
	int fd[CHILD_FDS];		/* become 3 and 4; 0: none */
	int output;			/* becomes 1 and 2; 0: init's own */
};

/* ST_OK, or ST_IO: no process.  A program that is not there ends with 127. */
MUST_CHECK enum status child_start(const struct child *child, pid_t *pid);

/*
 * Starts it and waits, kicking the watchdog meanwhile; then kills it.  What it
 * says goes to standard error in whole lines (init/relay.h).  Only before the
 * loop turns, for programs whose time is bounded.
 *   ST_OK    *code is its exit code
 *   ST_BUSY  not ready within `most_s` seconds
 *   ST_IO    not started, or killed
 */
MUST_CHECK enum status
child_run(const struct child *child, const struct watchdog *watchdog,
    unsigned most_s, int *code);

/* Milliseconds since boot, sleep included. */
uint64_t child_now_ms(void);

#endif
