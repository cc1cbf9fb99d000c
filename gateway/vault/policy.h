/* policy.h -- what the kernel lets guichet-vault do, as data. */
#ifndef VAULT_POLICY_H
#define VAULT_POLICY_H

#include "os/sandbox.h"

extern const struct sandbox_policy vault_policy;

#endif
