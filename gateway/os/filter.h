/*
 * filter.h -- the system-call filter of a policy (seccomp): what is not in
 * it kills the process.
 *
 * With -DSANDBOX_TRACE (make SANDBOX_TRACE=1) a refused call is named on
 * standard error before the process ends: for development only.
 */
#ifndef OS_FILTER_H
#define OS_FILTER_H

#include <stdio.h>

#include "base/status.h"
#include "os/sandbox.h"

/* ST_OK: in force, for ever.  ST_IO: the kernel refused. */
MUST_CHECK enum status filter_enter(const struct sandbox_policy *policy);

/* Every call with its reason, one a line. */
void filter_print(const struct sandbox_policy *policy, FILE *to);

#endif
