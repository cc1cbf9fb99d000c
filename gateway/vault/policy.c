#include "vault/policy.h"

#include "os/filter.h"

/*
 * The working directory is state_dir/vault, owned by this user: open and
 * create by relative names, and only after sandbox_enter().
 */
const struct sandbox_policy vault_policy = {
	.role     = "vault",
	.user     = "guichet-vault",
	.root     = SANDBOX_ROOT_DATA,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_STORE | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_vault,
	.paths    = {
		{ ".", true, "the database, its journal, the segments" },
	},
	.limits   = {
		.files = 256,
		.file_bytes = UINT64_C(1) << 40,
		.locked_bytes = 262144,
	},
};
