#include "courier/policy.h"

#include <sys/syscall.h>

#include "base/status.h"
#include "os/filter.h"

/* It opens nothing: authorities and the names of /etc/hosts are read before,
 * and the file of name servers is open. */
const struct sandbox_policy courier_policy = {
	.role     = "courier",
	.user     = "guichet-courier",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_CONNECT | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_courier,
	.paths    = { { 0 } },				/* none */
	.extra    = {
		{ .number = SYS_pread64,
		  .reason = "name servers, which a lease may change" },
	},
	.limits   = {
		.files = 128,
		.file_bytes = 0,
		.locked_bytes = 262144,
	},
};

/* See policy.h. */
const struct sandbox_policy *
courier_policy_of(const uint16_t *ports, unsigned n)
{
	static struct sandbox_policy policy;

	policy = courier_policy;
	for (unsigned i = 0; i < n && i < COUNT(policy.connect_ports) - 1; i++)
		policy.connect_ports[i] = ports[i];
	return &policy;
}
