#include "base/zone.h"

enum {
	HOUR_S = 3600, DAY_S = 86400,
	OFFSET_HOURS_MAX = 24,
	AT_HOURS_MAX = 167	/* a week, as in tzfile(5) rules */
};

/* --- the rule ------------------------------------------------------------ */

static bool
take(struct span *s, char c)
{
	if (s->len == 0 || s->ptr[0] != (uint8_t)c)
		return false;
	*s = span_slice(*s, 1, s->len);
	return true;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static enum status
take_number(struct span *s, int most, int *number)
{
	int n = 0;

	if (s->len == 0 || !is_digit(s->ptr[0]))
		return ST_MALFORMED;
	while (s->len > 0 && is_digit(s->ptr[0])) {
		n = n * 10 + (s->ptr[0] - '0');
		if (n > most)
			return ST_MALFORMED;
		*s = span_slice(*s, 1, s->len);
	}
	*number = n;
	return ST_OK;
}

/* "CET", or "<+03>". */
static enum status
take_name(struct span *s)
{
	bool quoted = take(s, '<');
	size_t len = 0;

	while (len < s->len && (is_letter(s->ptr[len]) || (quoted &&
	    (is_digit(s->ptr[len]) || s->ptr[len] == '+' ||
	    s->ptr[len] == '-'))))
		len++;
	*s = span_slice(*s, len, s->len);
	if (len < 3 || (quoted && !take(s, '>')))
		return ST_MALFORMED;
	return ST_OK;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static enum status
take_time(struct span *s, int hours_most, int *seconds)
{
	int sign = take(s, '-') ? -1 : 1, h = 0, m = 0, sec = 0;

	if (sign == 1)
		(void)take(s, '+');
	TRY(take_number(s, hours_most, &h));
	if (take(s, ':')) {
		TRY(take_number(s, 59, &m));
		if (take(s, ':'))
			TRY(take_number(s, 59, &sec));
	}
	*seconds = sign * (h * HOUR_S + m * 60 + sec);
	return ST_OK;
}

/* ",M3.5.0/2" */
static enum status
take_change(struct span *s, struct zone_change *change)
{
	change->at_s = 2 * HOUR_S;
	if (!take(s, ','))
		return ST_MALFORMED;
	if (!take(s, 'M'))
		return ST_UNSUPPORTED;
	TRY(take_number(s, 12, &change->month));
	if (!take(s, '.'))
		return ST_MALFORMED;
	TRY(take_number(s, 5, &change->week));
	if (!take(s, '.'))
		return ST_MALFORMED;
	TRY(take_number(s, 6, &change->weekday));
	if (change->month == 0 || change->week == 0)
		return ST_MALFORMED;
	return take(s, '/') ? take_time(s, AT_HOURS_MAX, &change->at_s) : ST_OK;
}

/* See zone.h. */
enum status
zone_parse(struct span rule, struct zone *zone)
{
	struct zone z = { 0 };
	int west;

	TRY(take_name(&rule));
	TRY(take_time(&rule, OFFSET_HOURS_MAX, &west));
	z.standard_s = -west;
	if (rule.len > 0) {
		z.has_daylight = true;
		TRY(take_name(&rule));
		z.daylight_s = z.standard_s + HOUR_S;
		if (rule.len > 0 && rule.ptr[0] != ',') {
			TRY(take_time(&rule, OFFSET_HOURS_MAX, &west));
			z.daylight_s = -west;
		}
		TRY(take_change(&rule, &z.to_daylight));
		TRY(take_change(&rule, &z.to_standard));
	}
	if (rule.len > 0)
		return ST_MALFORMED;
	*zone = z;
	return ST_OK;
}

/* --- the calendar -------------------------------------------------------- */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days before the first of `month`. */
static int
days_before_month(int year, int month)
{
	static const int before[12] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334,
	};

	return before[month - 1] + (month > 2 && is_leap(year));
}

/* See zone.h. */
int64_t
zone_days(int year, int month, int day)
{
	int64_t past = year - 1;	/* whole years since year 1 */
	int64_t days = past * 365 + past / 4 - past / 100 + past / 400;

	return days + days_before_month(year, month) + day - 1 - 719162;
}

static int
month_days(int year, int month)
{
	return month == 12 ? 31 : days_before_month(year, month + 1) -
	    days_before_month(year, month);
}

/* The local time of a change, in seconds since 1970 as if it were UTC. */
static int64_t
change_time(const struct zone_change *c, int year)
{
	int64_t first = zone_days(year, c->month, 1);
	int weekday = (int)((first % 7 + 7 + 4) % 7);	/* 1970-01-01: 4 */
	int day = (c->weekday - weekday + 7) % 7 + (c->week - 1) * 7;

	while (day >= month_days(year, c->month))
		day -= 7;
	return (first + day) * DAY_S + c->at_s;
}

static bool
is_daylight(const struct zone *z, int64_t utc_s, int year)
{
	int64_t from = change_time(&z->to_daylight, year) - z->standard_s;
	int64_t to = change_time(&z->to_standard, year) - z->daylight_s;

	if (from < to)
		return utc_s >= from && utc_s < to;
	return utc_s >= from || utc_s < to;	/* south of the equator */
}

/* See zone.h. */
int
zone_offset(const struct zone *zone, int64_t local_s, int year)
{
	if (zone->has_daylight &&
	    is_daylight(zone, local_s - zone->daylight_s, year))
		return zone->daylight_s;
	return zone->standard_s;
}

/* See zone.h. */
bool
zone_is_ambiguous(const struct zone *zone, int64_t local_s, int year)
{
	bool as_daylight, as_standard;

	if (!zone->has_daylight)
		return false;
	/* What each of the two offsets says about the instant it gives: both
	 * agree with themselves where the hour comes twice, none where it
	 * does not come. */
	as_daylight = is_daylight(zone, local_s - zone->daylight_s, year);
	as_standard = !is_daylight(zone, local_s - zone->standard_s, year);
	return as_daylight == as_standard;
}

static int
year_of(int64_t utc_s)
{
	int year = (int)(1970 + utc_s / 31556952);	/* mean year */

	while (zone_days(year, 1, 1) * DAY_S > utc_s)
		year--;
	while (zone_days(year + 1, 1, 1) * DAY_S <= utc_s)
		year++;
	return year;
}

/* See zone.h. */
int
zone_offset_utc(const struct zone *zone, int64_t utc_s)
{
	if (zone->has_daylight &&
	    is_daylight(zone, utc_s, year_of(utc_s + zone->standard_s)))
		return zone->daylight_s;
	return zone->standard_s;
}
