#include "input/calendar.h"

#include <stdlib.h>

#include "tap.h"
#include "base/zone.h"

enum { DAY_S = 86400 };

/* Easter Mondays, Ascensions and Whit Mondays as the official calendars of
 * those years print them; leap years and a century that is none among them. */
static const struct {
	int year, monday[2], ascension[2], whit[2];
} movable[] = {
	{ 2000, { 4, 24 }, { 6, 1 }, { 6, 12 } },
	{ 2008, { 3, 24 }, { 5, 1 }, { 5, 12 } },
	{ 2024, { 4, 1 }, { 5, 9 }, { 5, 20 } },
	{ 2025, { 4, 21 }, { 5, 29 }, { 6, 9 } },
	{ 2026, { 4, 6 }, { 5, 14 }, { 5, 25 } },
	{ 2027, { 3, 29 }, { 5, 6 }, { 5, 17 } },
	{ 2028, { 4, 17 }, { 5, 25 }, { 6, 5 } },
	{ 2030, { 4, 22 }, { 5, 30 }, { 6, 10 } },
	{ 2038, { 4, 26 }, { 6, 3 }, { 6, 14 } },	/* the latest there is */
	{ 2100, { 3, 29 }, { 5, 6 }, { 5, 17 } },
};

static bool
works(int year, const int date[2])
{
	return calendar_is_business_day(zone_days(year, date[0], date[1]));
}

static void
test_movable(void)
{
	for (size_t i = 0; i < COUNT(movable); i++) {
		int after[2] = { movable[i].monday[0], movable[i].monday[1] + 1 };

		ok(!works(movable[i].year, movable[i].monday) &&
		    !works(movable[i].year, movable[i].ascension) &&
		    !works(movable[i].year, movable[i].whit) &&
		    works(movable[i].year, after),
		    "Easter Monday, Ascension, Whit Monday of %d",
		    movable[i].year);
	}
}

static void
test_fixed(void)
{
	static const int dates[][2] = { { 1, 1 }, { 5, 1 }, { 5, 8 }, { 7, 14 },
	    { 8, 15 }, { 11, 1 }, { 11, 11 }, { 12, 25 } };
	static const int others[][2] = { { 1, 2 }, { 7, 15 }, { 11, 12 },
	    { 12, 24 } };	/* of 2026, none a Saturday or Sunday */

	for (size_t i = 0; i < COUNT(dates); i++)
		for (int year = 1970; year < 2100; year += 13)
			if (works(year, dates[i]))
				ok(false, "%d-%d of %d", dates[i][0],
				    dates[i][1], year);
	ok(true, "eight dates of every year");
	for (size_t i = 0; i < COUNT(others); i++)
		ok(works(2026, others[i]), "%d-%02d is none", others[i][0],
		    others[i][1]);
}

/* Of 2026: 365 days, 104 Saturdays and Sundays, and of eleven holidays nine
 * that would have been days of work. */
static void
test_year(void)
{
	int n = 0;

	for (int64_t day = zone_days(2026, 1, 1); day < zone_days(2027, 1, 1);
	    day++)
		n += calendar_is_business_day(day);
	ok(n == 252, "252 business days in 2026 (%d)", n);
}

static uint64_t
at(int year, int month, int day, int hour)
{
	return (uint64_t)zone_days(year, month, day) * DAY_S +
	    (uint64_t)hour * 3600;
}

static void
test_next(void)
{
	static const struct {
		int from[4], days;
		const char *claim;
	} row[] = {
		{ { 2026, 11, 16, 9 }, 1, "Monday: Tuesday" },
		{ { 2026, 11, 20, 9 }, 3, "Friday: Monday" },
		{ { 2026, 11, 21, 9 }, 2, "Saturday: Monday" },
		{ { 2026, 4, 2, 9 }, 1, "Maundy Thursday: Good Friday" },
		{ { 2026, 4, 3, 9 }, 4, "Good Friday: the Tuesday" },
		{ { 2026, 12, 24, 9 }, 4, "24 December 2026: Monday 28" },
		{ { 2026, 5, 13, 9 }, 2, "before Ascension: Friday" },
		{ { 2025, 4, 30, 9 }, 2, "30 April 2025: Friday 2 May" },
		{ { 2026, 12, 31, 9 }, 4, "into another year" },
		/* In Paris it is Friday already, or Tuesday still. */
		{ { 2026, 11, 19, 23 }, 3, "Thursday 23 h UTC: Monday" },
		{ { 2026, 7, 9, 22 }, 3, "the same in summer, 22 h UTC" },
		{ { 2026, 7, 9, 21 }, 1, "and an hour earlier: Friday" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const int *f = row[i].from;
		uint64_t from = at(f[0], f[1], f[2], f[3]);

		ok(calendar_next_business_day(from) == from +
		    (uint64_t)row[i].days * DAY_S, "%s", row[i].claim);
	}
}

int
main(void)
{
	test_movable();
	test_fixed();
	test_year();
	test_next();
	return done_testing();
}
