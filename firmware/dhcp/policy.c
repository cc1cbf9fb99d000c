#include "dhcp/policy.h"

#include <sys/syscall.h>

#include "os/filter.h"

/* It has two descriptors and a clock.  Its socket was made, bound to the WAN
 * port and to UDP 68 before; landlock does not know UDP. */
const struct sandbox_policy dhcp_policy = {
	.role     = "dhcp",
	.user     = "guichet-dhcp",
	.root     = SANDBOX_ROOT_EMPTY,
	.syscalls = SYS_RANDOM | SYS_EXIT,
	.filter   = &filter_dhcp,
	.paths    = { { 0 } },				/* none */
	.extra    = {
		{ .number = SYS_ppoll, .reason = "wait for an answer" },
		{ .number = SYS_recvfrom, .reason = "what a server says" },
		{ .number = SYS_sendto,
		  .reason = "ask a server, or all; from the WAN port only" },
		{ .number = SYS_sendmsg, .reason = "tell init" },
		{ .number = SYS_write, .argument = 1, .value = 2,
		  .reason = "the log" },
		{ .number = SYS_clock_gettime,
		  .reason = "time, where the vdso has none" },
	},
	.limits   = {
		.files = 8,
		.file_bytes = 0,
		.locked_bytes = 0,
	},
};
