/* policy.h -- what the kernel lets guichet-courier do, as data. */
#ifndef COURIER_POLICY_H
#define COURIER_POLICY_H

#include "os/sandbox.h"

/* For --policy: its ports are those of the configuration. */
extern const struct sandbox_policy courier_policy;

/* The same with the ports of the configured hosts; one copy, in static
 * storage. */
const struct sandbox_policy *courier_policy_of(const uint16_t *ports, unsigned n);

#endif
