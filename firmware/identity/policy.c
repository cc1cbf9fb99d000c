#include "identity/policy.h"

#include <sys/syscall.h>

#include "os/filter.h"

/* Two descriptors that it was given, and random bytes. */
const struct sandbox_policy identity_policy = {
	.role     = "identity",
	.user     = "guichet-identity",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_identity,
	.extra    = {
		{ SYS_write, "key, certificate, the log", 0, 0 },
		{ 0, NULL, 0, 0 },
	},
	.limits   = { .files = 8, .file_bytes = 32768, .locked_bytes = 65536 },
};
