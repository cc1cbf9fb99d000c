/* policy.h -- what the kernel lets guichet-desk do, as data. */
#ifndef DESK_POLICY_H
#define DESK_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy desk_policy;

#endif
