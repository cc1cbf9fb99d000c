#include "vault/notice.h"

#include "crypto/random.h"

enum { MINUTE_S = 60, PLACES_MAX = 8 };

/* Seconds since local midnight. */
static uint64_t
time_of_day(const struct notice_settings *n, uint64_t s)
{
	int64_t local = (int64_t)s + zone_offset_utc(&n->zone, (int64_t)s);

	return (uint64_t)(((local % DAY_S) + DAY_S) % DAY_S);
}

static bool
is_all_day(const struct notice_settings *n)
{
	return n->until_min <= n->from_min;
}

static bool
is_within(const struct notice_settings *n, uint64_t s)
{
	uint64_t t = time_of_day(n, s);

	return is_all_day(n) || (t >= n->from_min * MINUTE_S
	    && t < n->until_min * MINUTE_S);
}

/*
 * The first moment of the next hours after `s`, which is outside of them.
 * A jump across a change of the clock ends an hour off: once too early, which
 * the next step of the loop mends; once too late, which is taken back, where
 * that hour exists on that day.
 */
static uint64_t
next_hours(const struct notice_settings *n, uint64_t s)
{
	uint64_t from = n->from_min * MINUTE_S, t;

	for (int i = 0; i < PLACES_MAX && !is_within(n, s); i++) {
		t = time_of_day(n, s);
		s += t < from ? from - t : DAY_S - t + from;
		t = time_of_day(n, s);
		if (t > from && time_of_day(n, s - (t - from)) == from)
			s -= t - from;
	}
	return s;
}

/* 0 to `most`, the rare bias of a remainder does not matter here. */
static uint64_t
random_upto(uint64_t most)
{
	uint64_t r;

	random_bytes(&r, sizeof(r));
	return r % (most + 1);
}

/* See notice.h. */
bool
notice_may_leave(const struct vault *v)
{
	return is_within(&v->settings.notice, clock_now_s(&v->clock));
}

/* See notice.h. */
uint64_t
notice_due_s(const struct vault *v, uint64_t from_s)
{
	const struct notice_settings *n = &v->settings.notice;
	uint64_t s = from_s + random_upto(n->delay_s), open, late;

	if (is_within(n, s))
		return s;
	open = next_hours(n, s);
	late = open + random_upto(n->delay_s);
	/* Hours shorter than the delay: anywhere in them. */
	for (int i = 0; i < PLACES_MAX && !is_within(n, late); i++)
		late = open + random_upto(late - open);
	return is_within(n, late) ? late : open;
}

/* See notice.h.  A delay before the hours, one within them. */
uint64_t
notice_latest_s(const struct vault *v, uint64_t from_s)
{
	const struct notice_settings *n = &v->settings.notice;
	uint64_t s = from_s + n->delay_s;

	if (!is_within(n, s))
		s = next_hours(n, s);
	return s + n->delay_s;
}
