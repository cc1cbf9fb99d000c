/* policy.h -- what the kernel lets guichet-pickup do, as data. */
#ifndef PICKUP_POLICY_H
#define PICKUP_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy pickup_policy;

#endif
