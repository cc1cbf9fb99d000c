#include "input/calendar.h"

#include "base/zone.h"

enum { DAY_S = 86400, SATURDAY = 6, SUNDAY = 0, THURSDAY = 4 };

/* Of the same date every year. */
static const struct {
	int month, day;
} fixed_holidays[] = {
	{ 1, 1 },	/* jour de l'an */
	{ 5, 1 },	/* fête du Travail */
	{ 5, 8 },	/* victoire de 1945 */
	{ 7, 14 },	/* fête nationale */
	{ 8, 15 },	/* Assomption */
	{ 11, 1 },	/* Toussaint */
	{ 11, 11 },	/* armistice de 1918 */
	{ 12, 25 },	/* Noël */
};

/* Days after Easter Sunday. */
static const int easter_holidays[] = {
	1,	/* lundi de Pâques */
	39,	/* Ascension */
	50,	/* lundi de Pentecôte */
};

/* Easter Sunday of the Gregorian calendar, by the Meeus/Jones/Butcher rule:
 * the paschal full moon from the golden number `a` and the century's
 * corrections, then on to Sunday. */
static int64_t
easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = (b - (b + 8) / 25 + 1) / 3;
	int moon = (19 * a + b - b / 4 - d + 15) % 30;
	int sunday = (32 + 2 * (b % 4) + 2 * (c / 4) - moon - c % 4) % 7;
	int late = (a + 11 * moon + 22 * sunday) / 451;
	int n = moon + sunday - 7 * late + 114;

	return zone_days(year, n / 31, n % 31 + 1);
}

/* The year that a day is in: a guess by the mean year, corrected. */
static int
year_of(int64_t day)
{
	int year = 1970 + (int)(day * 400 / 146097);

	if (zone_days(year, 1, 1) > day)
		return year - 1;
	return zone_days(year + 1, 1, 1) <= day ? year + 1 : year;
}

static bool
is_holiday(int64_t day)
{
	int year = year_of(day);
	int64_t sunday = easter(year);

	for (size_t i = 0; i < COUNT(fixed_holidays); i++)
		if (day == zone_days(year, fixed_holidays[i].month,
		    fixed_holidays[i].day))
			return true;
	for (size_t i = 0; i < COUNT(easter_holidays); i++)
		if (day == sunday + easter_holidays[i])
			return true;
	return false;
}

/* See calendar.h. */
bool
calendar_is_business_day(int64_t day)
{
	int64_t weekday = (day + THURSDAY) % 7;		/* 1970-01-01 was one */

	return weekday != SATURDAY && weekday != SUNDAY && !is_holiday(day);
}

/* See calendar.h. */
uint64_t
calendar_next_business_day(uint64_t now_s)
{
	/* Central European time, without asking a zone that a source may have
	 * set: holidays are those of France. */
	static const struct zone paris = {
		.standard_s = 3600, .daylight_s = 7200, .has_daylight = true,
		.to_daylight = { 3, 5, 0, 7200 },
		.to_standard = { 10, 5, 0, 10800 },
	};
	int64_t local_s = (int64_t)now_s +
	    zone_offset_utc(&paris, (int64_t)now_s);
	int64_t day = local_s / DAY_S;
	uint64_t later = DAY_S;

	while (!calendar_is_business_day(day + (int64_t)(later / DAY_S)))
		later += DAY_S;
	return now_s + later;
}
