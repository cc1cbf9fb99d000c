/*
 * clock.h -- what time it is, as an interval [lo, hi] and a quality.
 *
 * The box has no battery it can trust, so no single number is the time: `lo`
 * is a moment that has certainly passed, `hi` one that has certainly not come
 * yet.  What must fail closed compares with `hi`, what destroys compares with
 * `lo`.  Pure: the caller reads the clocks and keeps the floor.
 */
#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum clock_quality {
	CLOCK_Q0,	/* the source contradicts itself: deny, erase nothing */
	CLOCK_Q1,	/* only the kept floor and the powered-on counter */
	CLOCK_Q2,	/* the system clock, consistent with the floor */
	CLOCK_Q3	/* two sources that agree (not yet: there is one) */
};

#define CLOCK_FOREVER UINT64_MAX

enum {
	/* A system clock before 2026-01-01 was never set. */
	CLOCK_SET_S = 1767225600,
	/* A source this far below `lo` lies; less is slewing. */
	CLOCK_SLACK_S = 120,
	/* One source moves `lo` forward by a day at most ... */
	CLOCK_STEP_MAX_S = 86400,
	/* ... and earns the next day within an hour of running. */
	CLOCK_STEP_PER_S = 24,
	/* hi is at most so far beyond lo: longer than any bundle is kept (366
	 * days until it opens, 30 open), so that what closed while the box was
	 * off is closed; short enough to keep nonsense out of records. */
	CLOCK_AHEAD_MAX_S = 400 * 86400
};

/* What survives a power loss. */
struct clock_floor {
	uint64_t floor_s;	/* UTC; `lo` when this was saved */
	uint64_t on_s;		/* powered-on seconds since the box was made */
	uint64_t boot_ms;	/* time since boot when this was saved */
	uint64_t step_s;	/* how far one source may still move `lo` */
	uint64_t boots;		/* boots so far, this one included */
	uint8_t  boot_id[16];	/* the kernel's, to tell a reboot */
};

struct clock {
	uint64_t lo_s, hi_s;	/* UTC; hi_s may be CLOCK_FOREVER */
	enum clock_quality quality;
	uint64_t on_s;		/* powered-on seconds since the box was made */
	uint64_t boots;
	uint64_t boot_ms;	/* time since boot at the last update */
	/* Private from here. */
	uint64_t on_ms;		/* on_s, finer */
	uint64_t lo_ms;
	uint64_t step_ms;
	bool     is_new;	/* no floor yet: believe the first set clock */
	bool     was_good;	/* the system clock was Q2 in this run */
	uint8_t  boot_id[16];
};

/*
 * `saved` is the best kept floor, NULL on a new box.  `boot_ms` is the time
 * since boot (CLOCK_BOOTTIME).  Quality is Q1 until the first update.
 */
void clock_start(struct clock *c, const struct clock_floor *saved,
    const uint8_t boot_id[static 16], uint64_t boot_ms);

/* Takes a reading of the system clock (UTC) and of the time since boot. */
void clock_update(struct clock *c, uint64_t system_s, uint64_t boot_ms);

/* What to save now. */
struct clock_floor clock_floor(const struct clock *c);

/* The better of two kept floors (either may be NULL); the one with the later
 * floor, since floors never go back.  NULL where both are. */
const struct clock_floor *
clock_floor_best(const struct clock_floor *a, const struct clock_floor *b);

/* The one number to print in records and claims: hi where it is known. */
uint64_t clock_now_s(const struct clock *c);

/* `s` has certainly passed: what waits for it may begin. */
bool clock_has_come(const struct clock *c, uint64_t s);

/* A thing that closes at `closes_s` UTC, or when the powered-on counter
 * reaches `closes_on_s`: must it be refused; may it be destroyed? */
bool clock_is_closed(const struct clock *c, uint64_t closes_s,
    uint64_t closes_on_s);
bool clock_may_erase(const struct clock *c, uint64_t closes_s,
    uint64_t closes_on_s);

/* Patients are served without anybody looking on (Q2 and better). */
bool clock_may_pickup(const struct clock *c);
/* Results are taken (all but Q0). */
bool clock_may_store(const struct clock *c);

#endif
