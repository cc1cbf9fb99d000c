/* policy.h -- what the kernel leaves to guichet-dhcp. */
#ifndef DHCP_POLICY_H
#define DHCP_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy dhcp_policy;

#endif
