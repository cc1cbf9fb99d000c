/* policy.h -- what the kernel lets guichet-service do, as data. */
#ifndef SERVICE_POLICY_H
#define SERVICE_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy service_policy;

#endif
