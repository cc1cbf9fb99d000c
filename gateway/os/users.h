/*
 * users.h -- the system users of the roles.
 *
 * /etc/passwd where it names them; otherwise fixed numbers, so that an
 * appliance or a container needs no user database.
 */
#ifndef OS_USERS_H
#define OS_USERS_H

#include <sys/types.h>

#include "base/status.h"

struct user {
	uid_t uid;
	gid_t gid;
};

/* The names, and the numbers they have where /etc/passwd is silent. */
#define USERS_MAP(X)                    \
	X("guichet-intake", 64101)      \
	X("guichet-vault",  64102)      \
	X("guichet-pickup", 64103)      \
	X("guichet-desk",   64104)      \
	X("guichet-spool",  64105)      \
	X("guichet-courier", 64106)     \
	X("guichet-updater", 64107)     \
	X("guichet-service", 64108)     \
	X("guichet-health", 64109)      \
	X("guichet-identity", 64110)    \
	X("guichet-dhcp",   64111)

/*
 *   ST_OK
 *   ST_NOT_FOUND  no such name, here or there
 *   ST_DENIED     /etc/passwd makes that name root
 */
MUST_CHECK enum status users_find(const char *name, struct user *user);

#endif
