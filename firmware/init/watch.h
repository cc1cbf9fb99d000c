/*
 * watch.h -- when guichetd is started again, when the box is healthy, when it
 * is restarted.  Pure: times are given, what is to be done is returned.
 *
 *   START --started--> wait --> PROBE --probed--> healthy: MARK_GOOD, once
 *     ^                  ^                   |
 *     +-- died, later    +---- not yet ------+      too late, too often:
 *                                                   REBOOT, with the reason
 */
#ifndef INIT_WATCH_H
#define INIT_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
	WATCH_HEALTHY_WITHIN_MS = 60 * 1000,	/* of guichetd's first start */
	WATCH_EARLY_MS = 1000,	/* between probes until then: they take time
					   from what they wait for */
	WATCH_EVERY_MS = 30 * 1000,	/* and after */
	WATCH_PROBE_MS = 15 * 1000,	/* guichet-health gives up at 10 s */
	WATCH_FAILURES = 6,		/* in a row */
	WATCH_SILENT_MS = 60 * 1000,	/* of guichetd: it hangs */
	/* Of data that cannot be written.  A restart may mend them; a card that
	 * dies must stay up long enough to say so. */
	WATCH_READ_ONLY_MS = 3600 * 1000,
	WATCH_DEATHS = 4,		/* of guichetd ... */
	WATCH_DEATHS_WITHIN_MS = 300 * 1000	/* ... within */
};

enum watch_action {
	WATCH_WAIT, WATCH_START, WATCH_PROBE, WATCH_KILL_PROBE, WATCH_MARK_GOOD,
	WATCH_KILL,	/* guichetd; watch_died() comes of it */
	WATCH_REBOOT
};

struct watch {
	bool     is_running, is_probing, is_good, is_marked;
	bool     is_read_only;
	uint64_t heard_ms;	/* from guichetd */
	uint64_t first_ms;	/* guichetd's first start; 0: none yet */
	uint64_t start_at_ms, probe_at_ms, probe_until_ms;
	unsigned failures;
	uint64_t death_ms[WATCH_DEATHS];	/* the last ones, a ring */
	unsigned deaths;
	const char *why;	/* with WATCH_REBOOT */
};

/* guichetd is to be started at once. */
void watch_init(struct watch *w, uint64_t now_ms);

/* What to do now; the caller does it and tells, by one of those below;
 * WATCH_MARK_GOOD comes once. */
enum watch_action watch_next(struct watch *w, uint64_t now_ms);

void watch_started(struct watch *w, uint64_t now_ms);
void watch_died(struct watch *w, uint64_t now_ms);	/* or did not start */
void watch_probing(struct watch *w, uint64_t now_ms);
void watch_probed(struct watch *w, bool is_healthy, uint64_t now_ms);
void watch_heard(struct watch *w, uint64_t now_ms);	/* guichetd's pulse */

/* The data cannot be written, and the slot is not to blame: what fails is
 * their fault, and there is more time (WATCH_READ_ONLY_MS). */
void watch_data(struct watch *w, bool is_read_only);

/* Milliseconds until watch_next() may have something, at most `most`. */
int watch_wait_ms(const struct watch *w, uint64_t now_ms, int most);

#endif
