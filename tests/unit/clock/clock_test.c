#include "clock/clock.h"

#include "tap.h"

enum { DAY = 86400 };
static const uint64_t t0 = CLOCK_SET_S + 100 * DAY;
static const uint8_t boot_a[16] = "boot a", boot_b[16] = "boot b";

static struct clock
running_since(uint64_t system_s)
{
	struct clock c;

	clock_start(&c, NULL, boot_a, 5000);
	clock_update(&c, system_s, 5000);
	return c;
}

static void
test_new_box_believes_a_set_clock(void)
{
	struct clock c;

	clock_start(&c, NULL, boot_a, 5000);
	ok(c.quality == CLOCK_Q1 && c.boots == 1, "Q1 before the first update");
	clock_update(&c, 12, 6000);
	ok(c.quality == CLOCK_Q1, "a clock that was never set is not believed");
	clock_update(&c, t0, 7000);
	ok(c.quality == CLOCK_Q2 && c.lo_s == t0 && c.hi_s == t0,
	    "the first set clock is");
	ok(c.on_s == 2, "the counter counts what passed since the start");
}

static void
test_low_never_goes_back(void)
{
	struct clock c = running_since(t0);

	clock_update(&c, t0 + 10, 15000);
	clock_update(&c, t0 - 50, 16000);
	ok(c.quality == CLOCK_Q2 && c.lo_s == t0 + 11 && c.hi_s == t0 + 11,
	    "slewing back within the slack holds lo and hi");
	clock_update(&c, t0 + 12 - CLOCK_SLACK_S - 2, 17000);
	ok(c.quality == CLOCK_Q0 && c.lo_s == t0 + 12,
	    "going back further in one run is a contradiction");
	ok(clock_is_closed(&c, t0 + DAY, 1000000), "Q0 denies everything");
	ok(!clock_may_erase(&c, t0 - DAY, 0), "Q0 erases nothing");
	ok(!clock_may_store(&c) && !clock_may_pickup(&c), "Q0 takes nothing");
	clock_update(&c, t0 + 13, 18000);
	ok(c.quality == CLOCK_Q2, "a clock that came back is believed again");
}

static void
test_jump_forward_is_rationed(void)
{
	struct clock c = running_since(t0);

	clock_update(&c, t0 + 10 * DAY, 6000);
	ok(c.lo_s >= t0 + DAY && c.lo_s <= t0 + DAY + 1,
	    "one jump moves lo by a day");
	ok(c.hi_s == t0 + 10 * DAY, "hi follows at once");
	ok(clock_is_closed(&c, t0 + 5 * DAY, 1000000), "deny by hi");
	ok(!clock_may_erase(&c, t0 + 5 * DAY, 1000000), "erase by lo");
	clock_update(&c, t0 + 10 * DAY, 6000 + 1800 * 1000);
	ok(c.lo_s < t0 + DAY + DAY / 2 + 1900, "half an hour earns half a day");
	clock_update(&c, t0 + 10 * DAY + 7200, 6000 + 7200 * 1000);
	ok(c.lo_s > t0 + 2 * DAY && c.lo_s < t0 + 3 * DAY,
	    "an idle hour earns no more than a day");
}

static void
test_nonsense_is_bounded(void)
{
	struct clock c = running_since(t0);

	clock_update(&c, t0 + 4000u * DAY, 5000);
	ok(c.hi_s == c.lo_s + CLOCK_AHEAD_MAX_S, "hi stays in sight of lo");
	ok(!clock_has_come(&c, c.lo_s + 1) && clock_has_come(&c, c.lo_s),
	    "what opens waits for lo");
	ok(clock_is_closed(&c, c.lo_s + 396u * DAY, UINT64_MAX),
	    "all that can be stored is closed");
}

static void
test_power_loss_leaves_the_floor(void)
{
	struct clock c = running_since(t0);
	struct clock_floor saved;

	clock_update(&c, t0 + 100, 105000);
	saved = clock_floor(&c);
	clock_start(&c, &saved, boot_b, 20000);
	ok(c.boots == 2, "another boot id is another boot");
	ok(c.lo_s == t0 + 120 && c.on_s == 120,
	    "the time since this boot counts, the time off does not");
	clock_update(&c, 1000, 30000);
	ok(c.quality == CLOCK_Q1 && c.hi_s == CLOCK_FOREVER, "unset: Q1");
	ok(clock_now_s(&c) == t0 + 130, "the best number is lo");
	clock_update(&c, t0 - 1000, 31000);
	ok(c.quality == CLOCK_Q1, "below the floor: Q1");
	ok(!clock_is_closed(&c, t0, 1000), "Q1 closes by the counter only");
	ok(clock_is_closed(&c, t0 + DAY, 131), "and by the counter it does");
	ok(!clock_may_erase(&c, t0, 1000), "Q1 never erases by time");
	ok(clock_may_erase(&c, t0, 131), "Q1 erases by the counter");
	ok(clock_may_store(&c) && !clock_may_pickup(&c),
	    "Q1 takes results, patients need staff");
	clock_update(&c, t0 + 200, 32000);
	ok(c.quality == CLOCK_Q2 && c.lo_s == t0 + 200, "a good clock ends it");
}

static void
test_restart_without_reboot(void)
{
	struct clock c = running_since(t0);
	struct clock_floor saved;

	clock_update(&c, t0 + 100, 105000);
	saved = clock_floor(&c);
	clock_start(&c, &saved, boot_a, 165000);
	ok(c.boots == 1 && c.on_s == 160 && c.lo_s == t0 + 160,
	    "not a second is lost or counted twice");
}

static void
test_spent_step_survives_a_restart(void)
{
	struct clock c = running_since(t0);
	struct clock_floor saved;

	clock_update(&c, t0 + 10 * DAY, 5000);
	saved = clock_floor(&c);
	clock_start(&c, &saved, boot_a, 6000);
	clock_update(&c, t0 + 10 * DAY, 6000);
	ok(c.lo_s < t0 + DAY + 60, "restarting earns no further day");
}

static void
test_best_floor(void)
{
	struct clock_floor a = { .floor_s = 5, .on_s = 1 };
	struct clock_floor b = { .floor_s = 5, .on_s = 2 };
	struct clock_floor c = { .floor_s = 6 };

	ok(clock_floor_best(NULL, NULL) == NULL, "none of two");
	ok(clock_floor_best(&a, NULL) == &a && clock_floor_best(NULL, &a) == &a,
	    "one of two");
	ok(clock_floor_best(&a, &b) == &b, "the longer counter");
	ok(clock_floor_best(&c, &b) == &c, "the later floor first");
}

int
main(void)
{
	test_new_box_believes_a_set_clock();
	test_low_never_goes_back();
	test_jump_forward_is_rationed();
	test_nonsense_is_bounded();
	test_power_loss_leaves_the_floor();
	test_restart_without_reboot();
	test_spent_step_survives_a_restart();
	test_best_floor();
	return done_testing();
}
