/*
 * hl7_zone.h -- local time to UTC by a POSIX TZ rule, e.g. Paris:
 * "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1-2017 section 8.3).
 *
 * A static program has no zone files; a rule is all a laboratory needs.
 * Understands fixed offsets and the Mm.w.d form; not the Julian forms.
 */
#ifndef WIRE_HL7_ZONE_H
#define WIRE_HL7_ZONE_H

#include "base/span.h"

/* The `week`-th `weekday` (0: Sunday) of `month`; week 5 is the last. */
struct hl7_change {
	int month, week, weekday;
	int at_s;		/* local seconds after that midnight */
};

struct hl7_zone {
	int  standard_s, daylight_s;	/* seconds east of UTC */
	bool has_daylight;
	struct hl7_change to_daylight, to_standard;
};

/* ST_OK; ST_MALFORMED; ST_UNSUPPORTED for the Julian forms. */
MUST_CHECK enum status hl7_zone_parse(struct span rule, struct hl7_zone *zone);

/* Days from 1970-01-01 to a date of the Gregorian calendar, year 1-9999. */
int64_t hl7_days(int year, int month, int day);

/*
 * Seconds east of UTC at the local time `local_s` (seconds since 1970 as if
 * it were UTC) in `year`.  An hour that comes twice is taken as the first,
 * an hour that does not come as standard time.
 */
int hl7_zone_offset(const struct hl7_zone *zone, int64_t local_s, int year);

/* True where that local time comes twice or never: the clock is put back or
 * forward there. */
bool hl7_zone_is_ambiguous(const struct hl7_zone *zone, int64_t local_s,
    int year);

/* Seconds east of UTC at an instant. */
int hl7_zone_offset_utc(const struct hl7_zone *zone, int64_t utc_s);

#endif
