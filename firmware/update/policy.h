/* policy.h -- what the kernel lets guichet-updater do, as data. */
#ifndef UPDATE_POLICY_H
#define UPDATE_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy update_policy;

#endif
