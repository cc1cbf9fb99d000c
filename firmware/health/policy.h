/* policy.h -- what the kernel lets guichet-health do, as data. */
#ifndef HEALTH_POLICY_H
#define HEALTH_POLICY_H

#include "os/sandbox.h"

/* For --policy: its ports are those of the configuration. */
extern const struct sandbox_policy health_policy;

/* The same with these ports to connect to; one copy, in static storage. */
const struct sandbox_policy *health_policy_of(const uint16_t *ports, unsigned n);

#endif
