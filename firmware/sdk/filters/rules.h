/*
 * rules.h -- a policy's groups and single calls as rules of libseccomp, and
 * as words.  Part of the filters' maker: no program of the box has it.
 */
#ifndef FILTERS_RULES_H
#define FILTERS_RULES_H

#include <seccomp.h>
#include <stdio.h>

#include "os/sandbox.h"

/* The whole filter; NULL: libseccomp refused a rule.  The caller's. */
scmp_filter_ctx rules_of_policy(const struct sandbox_policy *policy);
/* The supervisor's: os/denied.def. */
scmp_filter_ctx rules_of_supervisor(void);

/* Every call with its reason, one a line, for `--policy`. */
void rules_print(const struct sandbox_policy *policy, FILE *to);

#endif
