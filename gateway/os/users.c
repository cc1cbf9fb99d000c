#include "os/users.h"

#include <pwd.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned    number;
} fixed[] = {
#define X(name, number) { name, number },
	USERS_MAP(X)
#undef X
};

static enum status
find_fixed(const char *name, struct user *user)
{
	for (size_t i = 0; i < COUNT(fixed); i++) {
		if (strcmp(fixed[i].name, name) != 0)
			continue;
		*user = (struct user){ fixed[i].number, fixed[i].number };
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

/* See users.h. */
enum status
users_find(const char *name, struct user *user)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return find_fixed(name, user);
	if (entry->pw_uid == 0 || entry->pw_gid == 0)
		return ST_DENIED;
	*user = (struct user){ entry->pw_uid, entry->pw_gid };
	return ST_OK;
}
