#include "update/policy.h"

#include <sys/syscall.h>

#include "os/filter.h"

/* Three partitions, open since before; no file, no path, no connection. */
const struct sandbox_policy update_policy = {
	.role     = "updater",
	.user     = "guichet-updater",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_ACCEPT | SYS_EXIT,
	.filter   = &filter_update,
	.extra    = {
		{ SYS_pread64,  "read back what was written", 0, 0 },
		{ SYS_pwrite64, "the slot that does not run", 0, 0 },
		{ SYS_fsync,    "durable before it is armed", 0, 0 },
		{ SYS_fadvise64, "read back from the medium, not from memory",
		    0, 0 },
	},
	/* Only plain files in the place of partitions have such a limit. */
	.limits   = {
		.files = 32,
		.file_bytes = 64 * 1024 * 1024,
		.locked_bytes = 0,
	},
};
