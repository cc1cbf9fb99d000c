#include "init/watch.h"

#include <stddef.h>

enum { BACKOFF_MS = 1000 };

/* See watch.h. */
void
watch_init(struct watch *w, uint64_t now_ms)
{
	*w = (struct watch){ .start_at_ms = now_ms };
}

/* The fourth death back is not long ago. */
static bool
dies_too_often(const struct watch *w)
{
	uint64_t last, oldest;

	if (w->deaths < WATCH_DEATHS)
		return false;
	last = w->death_ms[(w->deaths - 1) % WATCH_DEATHS];
	oldest = w->death_ms[w->deaths % WATCH_DEATHS];
	return last - oldest <= WATCH_DEATHS_WITHIN_MS;
}

static const char *
why_reboot(const struct watch *w, uint64_t now_ms)
{
	if (dies_too_often(w))
		return "guichetd died 4 times within 5 minutes";
	if (w->is_read_only)
		return now_ms - w->first_ms > WATCH_READ_ONLY_MS
		    ? "the data partition could not be written any more" : NULL;
	if (w->failures >= WATCH_FAILURES && w->is_good)
		return "not healthy any more: 6 checks in a row failed";
	if (!w->is_good && w->first_ms != 0 &&
	    now_ms - w->first_ms > WATCH_HEALTHY_WITHIN_MS)
		return "not healthy within 60 seconds";
	return NULL;
}

/* See watch.h. */
enum watch_action
watch_next(struct watch *w, uint64_t now_ms)
{
	w->why = why_reboot(w, now_ms);
	if (w->why != NULL)
		return WATCH_REBOOT;
	if (w->is_good && !w->is_marked) {
		w->is_marked = true;
		return WATCH_MARK_GOOD;
	}
	if (!w->is_running && now_ms >= w->start_at_ms)
		return WATCH_START;
	if (w->is_running && now_ms - w->heard_ms > WATCH_SILENT_MS) {
		w->heard_ms = now_ms;	/* said once */
		return WATCH_KILL;
	}
	if (w->is_probing)
		return now_ms >= w->probe_until_ms ? WATCH_KILL_PROBE
		    : WATCH_WAIT;
	return w->is_running && now_ms >= w->probe_at_ms ? WATCH_PROBE
	    : WATCH_WAIT;
}

/* See watch.h. */
void
watch_started(struct watch *w, uint64_t now_ms)
{
	w->is_running = true;
	w->heard_ms = now_ms;
	if (w->first_ms == 0) {
		w->first_ms = now_ms;
		w->probe_at_ms = now_ms + WATCH_EARLY_MS;
	}
}

/* See watch.h.  0 s after the first death, then 1 s, 2 s. */
void
watch_died(struct watch *w, uint64_t now_ms)
{
	unsigned recent = w->deaths < WATCH_DEATHS ? w->deaths
	    : WATCH_DEATHS - 1;

	if (w->first_ms == 0)
		w->first_ms = now_ms;	/* it never started: the time runs */
	w->death_ms[w->deaths % WATCH_DEATHS] = now_ms;
	w->deaths++;
	w->is_running = false;
	w->start_at_ms = now_ms + (uint64_t)recent * BACKOFF_MS;
}

/* See watch.h. */
void
watch_probing(struct watch *w, uint64_t now_ms)
{
	w->is_probing = true;
	w->probe_until_ms = now_ms + WATCH_PROBE_MS;
}

/* See watch.h. */
void
watch_probed(struct watch *w, bool is_healthy, uint64_t now_ms)
{
	w->is_probing = false;
	w->failures = is_healthy ? 0 : w->failures + 1;
	w->is_good = w->is_good || is_healthy;
	w->probe_at_ms = now_ms + (w->is_good ? WATCH_EVERY_MS
	    : WATCH_EARLY_MS);
}

/* See watch.h. */
void
watch_heard(struct watch *w, uint64_t now_ms)
{
	w->heard_ms = now_ms;
}

/* See watch.h. */
void
watch_data(struct watch *w, bool is_read_only)
{
	w->is_read_only = is_read_only;
}

static uint64_t
until(uint64_t at_ms, uint64_t now_ms)
{
	return at_ms > now_ms ? at_ms - now_ms : 0;
}

/* See watch.h. */
int
watch_wait_ms(const struct watch *w, uint64_t now_ms, int most)
{
	uint64_t wait = (uint64_t)most;
	uint64_t probe = until(w->is_probing ? w->probe_until_ms
	    : w->probe_at_ms, now_ms);

	if (!w->is_running && until(w->start_at_ms, now_ms) < wait)
		wait = until(w->start_at_ms, now_ms);
	if ((w->is_running || w->is_probing) && probe < wait)
		wait = probe;
	return (int)wait;
}
