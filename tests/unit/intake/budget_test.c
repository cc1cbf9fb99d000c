#include "intake/budget.h"

#include "tap.h"

static void
test_fits_until_the_limit(void)
{
	struct budget b;
	struct ticket one = { 0 }, two = { 0 };

	budget_init(&b, 100, 0);
	ok(budget_take(&b, &one, 60) && b.used == 60, "60 of 100");
	ok(budget_take(&b, &two, 40) && b.over == NULL, "40 more fit");
	budget_keep(&b, &one, 10);
	ok(b.used == 50 && one.held == 10, "50 given back");
	budget_leave(&b, &one);
	budget_leave(&b, &two);
	ok(b.used == 0, "all given back");
}

static void
test_one_may_pass_the_limit(void)
{
	struct budget b;
	struct ticket big = { 0 }, next = { 0 }, small = { 0 };

	budget_init(&b, 100, 0);
	ok(budget_take(&b, &next, 90), "90 of 100");
	ok(budget_take(&b, &big, 500) && b.over == &big, "500 over the limit");
	ok(budget_take(&b, &big, 500), "and the same one goes on");
	ok(!budget_take(&b, &next, 20), "another waits");
	ok(!budget_take(&b, &small, 1), "and nobody overtakes it");
	ok(budget_next(&b) == NULL, "nothing yet");
	budget_keep(&b, &big, 0);
	ok(budget_next(&b) == &next && next.held == 110 && next.wanted == 0,
	    "first come, first served");
	ok(b.over == &next, "who is the one over the limit now");
	ok(budget_next(&b) == NULL, "the small one waits");
	budget_leave(&b, &next);
	ok(budget_next(&b) == &small && small.held == 1, "until it fits");
	ok(budget_next(&b) == NULL, "the line is empty");
}

static void
test_leaving_the_line(void)
{
	struct budget b;
	struct ticket t[4] = { { 0 } };

	budget_init(&b, 10, 0);
	ok(budget_take(&b, &t[0], 20), "over");
	for (int i = 1; i < 4; i++)
		ok(!budget_take(&b, &t[i], 5), "%d waits", i);
	budget_leave(&b, &t[3]);
	budget_leave(&b, &t[1]);
	ok(!budget_take(&b, &t[1], 5), "back at the end");
	budget_leave(&b, &t[0]);
	ok(budget_next(&b) == &t[2] && budget_next(&b) == &t[1] &&
	    budget_next(&b) == NULL, "the rest in order");
	ok(b.used == 10, "and counted");
}

static void
test_what_each_has(void)
{
	struct budget b;
	struct ticket slow = { 0 }, over = { 0 }, big = { 0 }, small = { 0 };

	budget_init(&b, 100, 10);
	ok(budget_take(&b, &slow, 110) && b.used == 100,
	    "what each has is not counted");
	ok(budget_take(&b, &over, 500) && b.over == &over && b.used == 590,
	    "one may pass the limit");
	ok(!budget_take(&b, &big, 11), "a big one waits");
	ok(budget_take(&b, &small, 10) && b.used == 590,
	    "R9 a small one does not wait for slow ones");
	budget_keep(&b, &small, 0);
	ok(budget_take(&b, &small, 10), "nor does its next message");
	budget_leave(&b, &small);
	budget_keep(&b, &over, 10);
	ok(b.over == NULL && b.used == 100, "all but that is given back");
	budget_leave(&b, &slow);
	ok(b.used == 0 && budget_next(&b) == &big && b.used == 1,
	    "and the big one goes on");
	budget_leave(&b, &over);
	budget_leave(&b, &big);
	ok(b.used == 0, "nothing is left");
}

/* Senders that each hold half a message must not wait for each other. */
static void
test_no_deadlock(void)
{
	struct budget b;
	struct ticket t[8] = { { 0 } };
	int done = 0;

	budget_init(&b, 100, 0);
	for (int i = 0; i < 8; i++)
		(void)budget_take(&b, &t[i], 20);
	for (int round = 0; round < 100 && done < 8; round++) {
		struct ticket *granted;

		while ((granted = budget_next(&b)) != NULL)
			;
		for (int i = 0; i < 8; i++) {
			if (t[i].wanted > 0 || t[i].held == 0)
				continue;
			if (t[i].held >= 60) {
				budget_leave(&b, &t[i]);
				done++;
			} else {
				(void)budget_take(&b, &t[i], 20);
			}
		}
	}
	ok(done == 8, "all eight get their 60 of 100 (%d)", done);
}

int
main(void)
{
	test_fits_until_the_limit();
	test_one_may_pass_the_limit();
	test_leaving_the_line();
	test_what_each_has();
	test_no_deadlock();
	return done_testing();
}
