/*
 * filter.h -- a system-call filter (seccomp), made from a policy's groups and
 * os/syscalls.def when the box is built (firmware/sdk/filters): what is not
 * in it kills the process.
 *
 * With -DSANDBOX_TRACE (make SANDBOX_TRACE=1) a refused call is said on
 * standard error before the process ends: for development only.
 */
#ifndef OS_FILTER_H
#define OS_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct sock_filter;	/* <linux/filter.h> */

/* One role's, in a source of its own that its program alone links. */
struct filter_program {
	const struct sock_filter *instructions;
	size_t      n;
	unsigned    own_pids;	/* comparisons with FILTER_OWN_PID */
	const char *text;	/* every call with its reason, one a line */
};

/* A program links its own role's alone. */
extern const struct filter_program filter_supervisor, filter_courier,
    filter_desk, filter_intake, filter_pickup, filter_spool, filter_vault,
    filter_update, filter_service, filter_health, filter_identity,
    filter_dhcp;

/* Stands in a program where our own process id must, which nobody knows
 * before the process is there.  No other value of a rule is this one. */
#define FILTER_OWN_PID UINT64_C(0x4e574f50)

bool filter_is_own_pid(const struct sock_filter *instruction);

/*
 * ST_OK        in force, for ever
 * ST_CORRUPT   not a program the maker wrote: it is empty, too long, or the
 *              process id does not stand where it should
 * ST_IO        the kernel refused
 */
MUST_CHECK enum status filter_enter(const struct filter_program *program);

#endif
