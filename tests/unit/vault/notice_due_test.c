/* When a notice leaves: hours, delay, changes of the clock. */
#include <stdio.h>
#include <stdlib.h>

#include "tap.h"
#include "vault/notice.h"

enum { TRIES = 200 };

/* 2027-03-28 and 2027-10-31, 00:00 UTC: Paris changes at 01:00 UTC. */
#define SPRING_S UINT64_C(1806192000)
#define AUTUMN_S UINT64_C(1824940800)
#define HOUR_S UINT64_C(3600)

static struct vault v;

static void
set(const char *zone, unsigned from_min, unsigned until_min, uint64_t delay_s)
{
	struct notice_settings *n = &v.settings.notice;

	*n = (struct notice_settings){ .from_min = from_min,
	    .until_min = until_min, .delay_s = delay_s };
	if (zone_parse(span_of(zone), &n->zone) != ST_OK)
		exit(1);
}

static const char paris[] = "CET-1CEST,M3.5.0,M10.5.0/3";

/* Every one of many is within [low, high]. */
static bool
always(uint64_t from, uint64_t low, uint64_t high)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t due = notice_due_s(&v, from);

		if (due < low || due > high || due < from
		    || due > notice_latest_s(&v, from)) {
			printf("# from %llu: due %+lld\n",
			    (unsigned long long)from, (long long)(due - low));
			return false;
		}
	}
	return true;
}

static void
test_hours(void)
{
	uint64_t day = UINT64_C(1798761600);	/* 2027-01-01 */
	bool early = false, late = false;

	set("UTC0", 480, 1200, 1800);
	ok(always(day + 10 * HOUR_S, day + 10 * HOUR_S,
	    day + 10 * HOUR_S + 1800), "by day: within the delay");
	ok(always(day + 3 * HOUR_S, day + 8 * HOUR_S,
	    day + 8 * HOUR_S + 1800), "by night: in the morning");
	ok(always(day + 20 * HOUR_S, day + 32 * HOUR_S,
	    day + 32 * HOUR_S + 1800), "when the hours end: the next day");
	for (int i = 0; i < TRIES; i++) {
		uint64_t due = notice_due_s(&v, day + 20 * HOUR_S - 900);

		early = early || due < day + 20 * HOUR_S;
		late = late || due >= day + 32 * HOUR_S;
		if (due >= day + 20 * HOUR_S && due < day + 32 * HOUR_S)
			early = late = false, i = TRIES;
	}
	ok(early && late, "where the delay runs over the end: either");
	set("UTC0", 480, 1200, 0);
	ok(always(day, day + 8 * HOUR_S, day + 8 * HOUR_S),
	    "without a delay: at once");
	set("UTC0", 480, 490, 1800);
	ok(always(day, day + 8 * HOUR_S, day + 8 * HOUR_S + 599),
	    "hours shorter than the delay are kept");
	set("UTC0", 0, 1440, 1800);
	ok(always(day + 23 * HOUR_S + 3599, day + 23 * HOUR_S + 3599,
	    day + 24 * HOUR_S + 1799), "00:00-24:00 is always");
	set("UTC0", 1200, 1440, 1800);
	ok(always(day, day + 20 * HOUR_S, day + 20 * HOUR_S + 1800),
	    "hours may end at midnight");
}

/* How much of the delay is used: nobody can tell what was examined. */
static void
test_spread(void)
{
	uint64_t day = UINT64_C(1798761600), seen[6] = { 0 };
	bool all = true;

	set("UTC0", 480, 1200, 1800);
	for (int i = 0; i < 20 * TRIES; i++)
		seen[(notice_due_s(&v, day) - day - 8 * HOUR_S) / 301]++;
	for (size_t i = 0; i < 6; i++)
		all = all && seen[i] > TRIES;
	ok(all, "every part of the delay is used, also in the morning");
}

static void
test_changes(void)
{
	set(paris, 480, 1200, 0);
	ok(always(SPRING_S - 3 * HOUR_S, SPRING_S + 6 * HOUR_S,
	    SPRING_S + 6 * HOUR_S), "08:00 after the clock went forward");
	ok(always(AUTUMN_S - 3 * HOUR_S, AUTUMN_S + 7 * HOUR_S,
	    AUTUMN_S + 7 * HOUR_S), "08:00 after it went back");
	ok(always(SPRING_S - 20 * HOUR_S, SPRING_S - 17 * HOUR_S,
	    SPRING_S - 17 * HOUR_S), "08:00 on the day before");
	set(paris, 60, 240, 0);
	ok(always(SPRING_S - 1800, SPRING_S, SPRING_S),
	    "hours across the change forward: their start");
	ok(always(SPRING_S + 2 * HOUR_S, SPRING_S + 23 * HOUR_S,
	    SPRING_S + 23 * HOUR_S), "and their end: 04:00 is an hour sooner");
	ok(always(AUTUMN_S + 3 * HOUR_S - 1, AUTUMN_S + 3 * HOUR_S - 1,
	    AUTUMN_S + 3 * HOUR_S - 1), "across the change back: an hour more");
	set(paris, 135, 165, 0);
	ok(always(SPRING_S, SPRING_S + 24 * HOUR_S + 900,
	    SPRING_S + 24 * HOUR_S + 900),
	    "hours that do not exist that day: the next");
	ok(always(AUTUMN_S - HOUR_S, AUTUMN_S + 900, AUTUMN_S + 900),
	    "hours that come twice: the first");
	ok(always(AUTUMN_S + HOUR_S + 1200, AUTUMN_S + HOUR_S + 1200,
	    AUTUMN_S + HOUR_S + 1200), "and the second counts");
}

static uint64_t
random_below(uint64_t n)
{
	return ((uint64_t)random() << 20 ^ (uint64_t)random()) % n;
}

static void
test_any(void)
{
	bool good = true;

	srandom(1);
	for (int i = 0; i < 20000 && good; i++) {
		unsigned from = (unsigned)random_below(1439);
		unsigned until = from + 1
		    + (unsigned)random_below(1440 - from);
		uint64_t s = SPRING_S + random_below(400 * DAY_S), due;

		set(paris, from, until, random_below(7200));
		due = notice_due_s(&v, s);
		v.clock.lo_s = v.clock.hi_s = due;
		good = due >= s && due <= notice_latest_s(&v, s)
		    && due - s < 3 * DAY_S && notice_may_leave(&v);
		if (!good)
			printf("# %u-%u: %llu -> %llu\n", from, until,
			    (unsigned long long)s, (unsigned long long)due);
	}
	ok(good, "any hours, any moment: within them, not before, not too late");
}

int
main(void)
{
	test_hours();
	test_spread();
	test_changes();
	test_any();
	return done_testing();
}
