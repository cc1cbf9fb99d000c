/*
 * landlock.h -- leaves a process only the paths and TCP ports that its policy
 * names, no port to bind, and no signal or abstract socket to others.
 *
 * Needs Linux 5.13; ports need 6.7, signals 6.12: what the kernel has not is
 * left to the system-call filter, which refuses the same things; but of
 * ports it knows only that there are some.  UDP is nothing that landlock
 * knows.
 */
#ifndef OS_LANDLOCK_H
#define OS_LANDLOCK_H

#include "base/status.h"
#include "os/sandbox.h"

/* Does this kernel tell ports apart? */
bool landlock_knows_ports(void);

/*
 * `paths` ends with a NULL path.  `ports`: TCP ports to connect to, ended by
 * a 0; NULL: any (for the supervisor, whose children choose).
 *
 *   ST_OK           in force, for this process and what it starts
 *   ST_UNSUPPORTED  the kernel has no landlock, or it is switched off
 *   ST_NOT_FOUND    a path cannot be opened; errno says why
 *   ST_IO           the kernel refused; errno says why
 */
MUST_CHECK enum status
landlock_enter(const struct sandbox_path *paths, const uint16_t *ports);

#endif
