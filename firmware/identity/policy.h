/* policy.h -- what the kernel lets guichet-identity do, as data. */
#ifndef IDENTITY_POLICY_H
#define IDENTITY_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy identity_policy;

#endif
