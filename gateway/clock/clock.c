#include "clock/clock.h"

#include <stddef.h>
#include <string.h>

static uint64_t
min_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Milliseconds that passed since `saved`, as far as the box was running. */
static uint64_t
running_since(const struct clock_floor *saved, const uint8_t *boot_id,
    uint64_t boot_ms)
{
	bool same = memcmp(saved->boot_id, boot_id, 16) == 0;

	return same && boot_ms >= saved->boot_ms
	    ? boot_ms - saved->boot_ms : boot_ms;
}

static void
publish(struct clock *c)
{
	c->lo_s = c->lo_ms / 1000;
	c->on_s = c->on_ms / 1000;
}

/* See clock.h. */
void
clock_start(struct clock *c, const struct clock_floor *saved,
    const uint8_t boot_id[static 16], uint64_t boot_ms)
{
	uint64_t ran;

	*c = (struct clock){ .quality = CLOCK_Q1, .hi_s = CLOCK_FOREVER,
	    .boot_ms = boot_ms, .boots = 1,
	    .step_ms = CLOCK_STEP_MAX_S * UINT64_C(1000), .is_new = true };
	memcpy(c->boot_id, boot_id, 16);
	if (saved == NULL)
		return;
	ran = running_since(saved, boot_id, boot_ms);
	c->is_new = saved->floor_s < CLOCK_SET_S;
	c->lo_ms = saved->floor_s * 1000 + ran;
	c->on_ms = saved->on_s * 1000 + ran;
	c->step_ms = min_of(saved->step_s, CLOCK_STEP_MAX_S) * 1000;
	c->boots = saved->boots;
	if (memcmp(saved->boot_id, boot_id, 16) != 0)
		c->boots++;
	publish(c);
}

/* What certainly passed since the last update, whatever any clock says. */
static void
run_on(struct clock *c, uint64_t boot_ms)
{
	uint64_t ran = boot_ms > c->boot_ms ? boot_ms - c->boot_ms : 0;

	c->boot_ms += ran;
	c->on_ms += ran;
	if (!c->is_new)
		c->lo_ms += ran;
	c->step_ms = min_of(c->step_ms + ran * CLOCK_STEP_PER_S,
	    CLOCK_STEP_MAX_S * UINT64_C(1000));
}

static void
believe(struct clock *c, uint64_t system_s)
{
	uint64_t system_ms = system_s * 1000;
	uint64_t step;

	if (c->is_new) {
		c->lo_ms = system_ms;
		c->is_new = false;
	}
	if (system_ms > c->lo_ms) {
		step = min_of(system_ms - c->lo_ms, c->step_ms);
		c->lo_ms += step;
		c->step_ms -= step;
	}
	publish(c);
	c->hi_s = min_of(system_s > c->lo_s ? system_s : c->lo_s,
	    c->lo_s + CLOCK_AHEAD_MAX_S);
	c->quality = CLOCK_Q2;
	c->was_good = true;
}

static void
doubt(struct clock *c, enum clock_quality quality)
{
	publish(c);
	c->hi_s = CLOCK_FOREVER;
	c->quality = quality;
}

/*
 * See clock.h.  A clock that is behind from the start is what a power loss
 * leaves (Q1); one that was good and went back in front of our eyes
 * contradicts itself (Q0).
 */
void
clock_update(struct clock *c, uint64_t system_s, uint64_t boot_ms)
{
	run_on(c, boot_ms);
	if (system_s >= CLOCK_SET_S
	    && system_s + CLOCK_SLACK_S >= c->lo_ms / 1000)
		believe(c, system_s);
	else
		doubt(c, c->was_good ? CLOCK_Q0 : CLOCK_Q1);
}

/* See clock.h. */
struct clock_floor
clock_floor(const struct clock *c)
{
	struct clock_floor floor = {
		.floor_s = c->lo_s, .on_s = c->on_s, .boot_ms = c->boot_ms,
		.step_s = c->step_ms / 1000, .boots = c->boots,
	};

	memcpy(floor.boot_id, c->boot_id, 16);
	return floor;
}

/* See clock.h. */
const struct clock_floor *
clock_floor_best(const struct clock_floor *a, const struct clock_floor *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	if (a->floor_s != b->floor_s)
		return a->floor_s > b->floor_s ? a : b;
	return a->on_s >= b->on_s ? a : b;
}

/* See clock.h. */
uint64_t
clock_now_s(const struct clock *c)
{
	return c->hi_s == CLOCK_FOREVER ? c->lo_s : c->hi_s;
}

/* See clock.h. */
bool
clock_has_come(const struct clock *c, uint64_t s)
{
	return c->lo_s >= s;
}

/* See clock.h. */
bool
clock_is_closed(const struct clock *c, uint64_t closes_s, uint64_t closes_on_s)
{
	switch (c->quality) {
	case CLOCK_Q0:
		return true;
	case CLOCK_Q1:
		return c->on_s >= closes_on_s;
	default:
		return c->hi_s >= closes_s || c->on_s >= closes_on_s;
	}
}

/* See clock.h. */
bool
clock_may_erase(const struct clock *c, uint64_t closes_s, uint64_t closes_on_s)
{
	switch (c->quality) {
	case CLOCK_Q0:
		return false;
	case CLOCK_Q1:
		return c->on_s >= closes_on_s;
	default:
		return c->lo_s >= closes_s || c->on_s >= closes_on_s;
	}
}

/* See clock.h. */
bool
clock_may_pickup(const struct clock *c)
{
	return c->quality >= CLOCK_Q2;
}

/* See clock.h. */
bool
clock_may_store(const struct clock *c)
{
	return c->quality != CLOCK_Q0;
}
