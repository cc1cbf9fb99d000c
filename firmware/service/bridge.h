/*
 * bridge.h -- the service port and, one at a time, the local sockets that the
 * guichet command would connect to on the box itself.
 *
 * The port may be a terminal, on which the kernel may write as well, or a
 * virtio port, whose other end may be closed: looked at twice a second then.
 * Without a session nothing is sent and no timer runs.
 */
#ifndef SERVICE_BRIDGE_H
#define SERVICE_BRIDGE_H

#include "ipc/role.h"

enum { SERVICE_PORT };	/* role->listen_fd[] */

/* Before the sandbox: makes a terminal raw.  Dies where there is no port. */
void bridge_prepare(struct role *role);

#endif
