/*
 * calendar.h -- the next business day in a French laboratory (HL70909 SID:
 * share after one business day or more).
 *
 * Monday to Friday but for the eleven holidays of the Code du travail, article
 * L3133-1, in the time of Paris.  Not the two of Alsace and Moselle, not those
 * of overseas departments: a result opens a day early there at worst.  Pure.
 */
#ifndef INPUT_CALENDAR_H
#define INPUT_CALENDAR_H

#include "base/span.h"

/* The same time of day on the next business day after `now_s` (UTC epoch
 * seconds), give or take the hour of a change to summer time. */
uint64_t calendar_next_business_day(uint64_t now_s);

/* Days since 1970-01-01 of a civil date. */
bool calendar_is_business_day(int64_t day);

#endif
