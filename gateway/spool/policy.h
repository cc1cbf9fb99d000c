/* policy.h -- what the kernel lets guichet-spool do, as data. */
#ifndef SPOOL_POLICY_H
#define SPOOL_POLICY_H

#include "os/sandbox.h"

/* Its one path stands for the sources' folders, which the configuration
 * names: for --policy. */
extern const struct sandbox_policy spool_policy;

/* The same with `n` open directories in place of that path; one copy, in
 * static storage. */
const struct sandbox_policy *spool_policy_of(const int *folders, unsigned n);

#endif
