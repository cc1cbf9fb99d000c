/*
 * launcher.h -- a role is started by a process that stands where the role
 * shall stand: in a network namespace that guichetd, once confined, can no
 * longer enter.  The role is guichetd's own child all the same.
 *
 * Over a SOCK_SEQPACKET pair: a request, one packet for each descriptor, an
 * answer.  Both ends are the same program.
 * Never: reads anything but guichetd's requests.
 */
#ifndef SUPERVISOR_LAUNCHER_H
#define SUPERVISOR_LAUNCHER_H

#include "os/spawn.h"

enum { LAUNCHER_PATH_BYTES = 1024 };

/* As spawn(), by the launcher at `fd`; ST_IO with EPIPE where it is gone, and
 * with ENAMETOOLONG for a path that does not fit. */
MUST_CHECK enum status
launcher_spawn(int fd, const struct spawn *what, pid_t *pid);

/* Does what is asked of it at `fd` until the other end is gone. */
void launcher_serve(int fd);

#endif
