#include "service/policy.h"

#include "os/filter.h"

/* Its root is run.dir, where the sockets are that it connects to; landlock
 * leaves it no file there to open.  The port is open already. */
const struct sandbox_policy service_policy = {
	.role     = "service",
	.user     = "guichet-service",
	.root     = SANDBOX_ROOT_SOCKETS,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_LOCAL | SYS_EXIT,
	.filter   = &filter_service,
	.paths    = { { 0 } },				/* none */
	.limits   = { .files = 32, .file_bytes = 0, .locked_bytes = 65536 },
};
