#include "spool/policy.h"

#include "base/status.h"
#include "os/filter.h"

#define REASON "what a LIS leaves there; done and failed in it"

/*
 * Its root is empty: folders are directories opened before, by the names that
 * the configuration gives, and files are single names below them.
 */
const struct sandbox_policy spool_policy = {
	.role     = "spool",
	.user     = "guichet-spool",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_FOLDER | SYS_EXIT,
	.filter   = &filter_spool,
	.paths    = {
		{ .path = "the folder of each source", .write = true,
		  .reason = REASON },
	},
	/* It writes nothing but its own few words about a refused file. */
	.limits   = {
		.files = 128,
		.file_bytes = 16384,
		.locked_bytes = 262144,
	},
};

/* See policy.h. */
const struct sandbox_policy *
spool_policy_of(const int *folders, unsigned n)
{
	static struct sandbox_policy policy;

	policy = spool_policy;
	policy.paths[0] = (struct sandbox_path){ 0 };
	for (unsigned i = 0; i < n && i < COUNT(policy.paths) - 1; i++)
		policy.paths[i] = (struct sandbox_path){
		    .path = ".", .write = true, .reason = REASON,
		    .fd = folders[i] };
	return &policy;
}
