#include "desk/policy.h"

#include "os/filter.h"

/* The listening socket is a local one, made by the supervisor. */
const struct sandbox_policy desk_policy = {
	.role     = "desk",
	.user     = "guichet-desk",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_ACCEPT | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_desk,
	.limits   = { .files = 256, .file_bytes = 0, .locked_bytes = 65536 },
};
