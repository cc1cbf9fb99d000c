/*
 * landlock.h -- leaves a process only the paths that its policy names, no
 * TCP port to bind or connect, and no signal or abstract socket to others.
 *
 * Needs Linux 5.13; ports need 6.7, signals 6.12: what the kernel has not is
 * left to the system-call filter, which refuses the same things.
 */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include "base/status.h"
#include "os/sandbox.h"

enum landlock_net { LANDLOCK_NO_TCP, LANDLOCK_TCP };

/*
 * `paths` ends with a NULL path.  LANDLOCK_TCP leaves ports alone (for the
 * supervisor before it listens again).
 *
 *   ST_OK           in force, for this process and what it starts
 *   ST_UNSUPPORTED  the kernel has no landlock, or it is switched off
 *   ST_NOT_FOUND    a path cannot be opened; errno says why
 *   ST_IO           the kernel refused; errno says why
 */
MUST_CHECK enum status
landlock_enter(const struct sandbox_path *paths, enum landlock_net net);

#endif
