/* policy.h -- what the kernel lets guichet-intake do, as data. */
#ifndef INTAKE_POLICY_H
#define INTAKE_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy intake_policy;

#endif
