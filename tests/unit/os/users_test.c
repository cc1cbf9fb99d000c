#include "os/users.h"

#include "tap.h"

static const struct {
	const char *name;
	unsigned    number;
} known[] = {
#define X(name, number) { name, number },
	USERS_MAP(X)
#undef X
};

static void
test_known(void)
{
	struct user user, other;

	for (size_t i = 0; i < COUNT(known); i++) {
		ok(users_find(known[i].name, &user) == ST_OK &&
		    user.uid != 0 && user.gid != 0, "%s is found, not root",
		    known[i].name);
		for (size_t j = 0; j < i; j++)
			ok(users_find(known[j].name, &other) == ST_OK &&
			    other.uid != user.uid, "and is not %s",
			    known[j].name);
	}
}

static void
test_others(void)
{
	struct user user = { 1, 1 };

	ok(users_find("guichet-nobody-has-this", &user) == ST_NOT_FOUND,
	    "another name is not found");
	ok(users_find("root", &user) == ST_DENIED, "root is refused");
	ok(user.uid == 1 && user.gid == 1, "and nothing was written");
}

int
main(void)
{
	test_known();
	test_others();
	return done_testing();
}
