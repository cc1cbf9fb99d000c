#include "init/commit.h"

#include <stdio.h>

#include "tap.h"

static struct release_facts
release(uint64_t number, uint64_t floor)
{
	struct release_facts r = { .number = number, .floor = floor };

	snprintf(r.version, sizeof(r.version), "1.%u.0", (unsigned)number);
	return r;
}

static void
test_factory(void)
{
	struct release_facts r = release(3, 2);
	struct record after;

	ok(!commit_decide(NULL, &r, 0, true, &after),
	    "both slots as the factory leaves them: both stay");
	ok(after.slot == 0 && after.floor == 2 && after.release[0] == 3 &&
	    after.release[1] == 3 && strcmp(after.version[1], "1.3.0") == 0,
	    "and what is in them is remembered");
	ok(commit_decide(NULL, &r, 1, false, &after) && after.release[0] == 0,
	    "nothing remembered, another image there: it is closed");
}

static void
test_floor(void)
{
	struct release_facts first = release(1, 1), second = release(2, 1);
	struct release_facts third = release(3, 3), fourth = release(4, 3);
	struct record r, after;

	if (commit_decide(NULL, &first, 0, true, &r))
		ok(0, "the factory's slot was closed");
	ok(!commit_decide(&r, &second, 1, false, &after) &&
	    after.release[0] == 1 && after.release[1] == 2 && after.floor == 1,
	    "an update that leaves the floor leaves the way back");
	r = after;
	ok(commit_decide(&r, &third, 0, false, &after) && after.floor == 3,
	    "one that raises it above the other slot closes that one");
	r = after;
	ok(commit_decide(&r, &third, 0, false, &after) &&
	    memcmp(&r, &after, sizeof(r)) == 0,
	    "decided anew at each start, and the same");
	ok(!commit_decide(&r, &fourth, 1, false, &after) &&
	    after.release[0] == 3, "the next update keeps what is not below");
	r = after;
	ok(!commit_decide(&r, &first, 1, false, &after) && after.floor == 3,
	    "the floor never falls");
}

int
main(void)
{
	test_factory();
	test_floor();
	return done_testing();
}
