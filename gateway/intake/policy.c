#include "intake/policy.h"

#include "os/filter.h"

/* No paths: nothing the LIS sends can reach a file. */
const struct sandbox_policy intake_policy = {
	.role     = "intake",
	.user     = "guichet-intake",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_ACCEPT | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_intake,
	.limits   = { .files = 512, .file_bytes = 0, .locked_bytes = 65536 },
};
