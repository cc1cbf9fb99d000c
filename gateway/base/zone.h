/*
 * zone.h -- local time to UTC by a POSIX TZ rule, e.g. Paris:
 * "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1-2017 section 8.3).
 *
 * A static program has no zone files; a rule is all a laboratory needs.
 * Understands fixed offsets and the Mm.w.d form; not the Julian forms.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/span.h"

/* The `week`-th `weekday` (0: Sunday) of `month`; week 5 is the last. */
struct zone_change {
	int month, week, weekday;
	int at_s;		/* local seconds after that midnight */
};

struct zone {
	int  standard_s, daylight_s;	/* seconds east of UTC */
	bool has_daylight;
	struct zone_change to_daylight, to_standard;
};

/* ST_OK; ST_MALFORMED; ST_UNSUPPORTED for the Julian forms. */
MUST_CHECK enum status zone_parse(struct span rule, struct zone *zone);

/* Days from 1970-01-01 to a date of the Gregorian calendar, year 1-9999. */
int64_t zone_days(int year, int month, int day);

/*
 * Seconds east of UTC at the local time `local_s` (seconds since 1970 as if
 * it were UTC) in `year`.  An hour that comes twice is taken as the first,
 * an hour that does not come as standard time.
 */
int zone_offset(const struct zone *zone, int64_t local_s, int year);

/* True where that local time comes twice or never: the clock is put back or
 * forward there. */
bool zone_is_ambiguous(const struct zone *zone, int64_t local_s,
    int year);

/* Seconds east of UTC at an instant. */
int zone_offset_utc(const struct zone *zone, int64_t utc_s);

#endif
