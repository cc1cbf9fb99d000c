#include "health/policy.h"

#include "base/status.h"
#include "os/filter.h"

/* It opens nothing: the configuration, the certificate and intake's local
 * socket are open before. */
const struct sandbox_policy health_policy = {
	.role     = "health",
	.user     = "guichet-health",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_MEMORY | SYS_LOOP | SYS_CONNECT | SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_health,
	.paths    = { { 0 } },				/* none */
	.limits   = { .files = 16, .file_bytes = 0, .locked_bytes = 65536 },
};

/* See policy.h. */
const struct sandbox_policy *
health_policy_of(const uint16_t *ports, unsigned n)
{
	static struct sandbox_policy policy;

	policy = health_policy;
	for (unsigned i = 0; i < n && i < COUNT(policy.connect_ports) - 1; i++)
		policy.connect_ports[i] = ports[i];
	return &policy;
}
