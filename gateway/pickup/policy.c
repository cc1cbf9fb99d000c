#include "pickup/policy.h"

#include "os/filter.h"

/* The certificate and its key are read before; nothing is opened after. */
const struct sandbox_policy pickup_policy = {
	.role     = "pickup",
	.user     = "guichet-pickup",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_ACCEPT | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_pickup,
	.limits   = { .files = 16384, .file_bytes = 0, .locked_bytes = 65536 },
};
