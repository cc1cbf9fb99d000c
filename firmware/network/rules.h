/*
 * rules.h -- how the kernel treats packets in each of the two namespaces:
 * a table (rules.c) that is written to /proc/sys/net inside of it.
 */
#ifndef NETWORK_RULES_H
#define NETWORK_RULES_H

#include <stdbool.h>

#include "base/status.h"

enum { RULE_PATH_MAX = 96 };

struct rule {
	const char *name;	/* below /proc/sys/net */
	const char *lab, *wan;	/* what is written; NULL: the kernel's own */
	bool        may_lack;	/* a kernel may be built without it */
	const char *reason;
};

extern const struct rule rules[];
extern const unsigned    n_rules;

/*
 * All of them, by the process that is in the namespace, before a port is.
 * ST_OK; ST_IO with errno and *which set: no port may be moved there.
 */
MUST_CHECK enum status rules_apply(bool is_wan, const struct rule **which);

/*
 * Whether what comes in at `port` must come from where an answer would go
 * (strict reverse path, RFC 3704).  Not while it has no address: there is no
 * way back then, and the kernel would drop what the DHCP server says; but
 * then nothing except a broadcast is for us.  ST_OK, or ST_IO with errno.
 */
MUST_CHECK enum status rules_reverse_path(const char *port, bool is_strict);

#endif
