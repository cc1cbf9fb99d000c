#include "dhcp/policy.h"

#include <sys/socket.h>
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
		/* These flags and no others: MSG_FASTOPEN would connect. */
		{ .number = SYS_sendto, .argument = 4,
		  .value = MSG_NOSIGNAL | MSG_DONTWAIT,
		  .reason = "ask a server, or all; from the WAN port only" },
		{ .number = SYS_sendmsg, .argument = 3,
		  .value = MSG_NOSIGNAL | MSG_DONTWAIT,
		  .reason = "tell init" },
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
