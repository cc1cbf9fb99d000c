#include "init/watch.h"

#include <stddef.h>
#include <string.h>

#include "tap.h"

enum { SECOND = 1000 };

static struct watch w;
static uint64_t now;
static bool is_silent;		/* guichetd */

/* guichetd runs since a moment ago. */
static void
start(void)
{
	now = 5 * SECOND;
	watch_init(&w, now);
	if (watch_next(&w, now) == WATCH_START)
		watch_started(&w, now);
}

/* Lets the time pass until there is something to do, for `most` at most. */
static enum watch_action
next(uint64_t most)
{
	uint64_t end = now + most;
	enum watch_action action;

	while ((action = watch_next(&w, now)) == WATCH_WAIT && now < end) {
		int wait = watch_wait_ms(&w, now, SECOND);

		now += wait > 0 ? (uint64_t)wait : 1;
		if (!is_silent)
			watch_heard(&w, now);
	}
	return action;
}

static void
probe(bool is_healthy)
{
	watch_probing(&w, now);
	now += 100;
	watch_probed(&w, is_healthy, now);
}

static void
test_good(void)
{
	start();
	ok(w.is_running && next(2 * SECOND) == WATCH_PROBE &&
	    now - w.first_ms == WATCH_EARLY_MS, "asked soon");
	probe(false);
	ok(next(2 * SECOND) == WATCH_PROBE, "and soon again");
	probe(true);
	ok(next(SECOND) == WATCH_MARK_GOOD, "healthy: the slot is good");
	ok(next(29 * SECOND) == WATCH_WAIT, "said once");
	ok(next(2 * SECOND) == WATCH_PROBE, "asked again every 30 s");
	probe(true);
	ok(next(29 * SECOND) == WATCH_WAIT, "and so on");
}

static void
test_never_healthy(void)
{
	unsigned probes = 0;

	start();
	while (next(2 * SECOND) == WATCH_PROBE) {
		probe(false);
		probes++;
	}
	ok(watch_next(&w, now) == WATCH_REBOOT &&
	    strcmp(w.why, "not healthy within 60 seconds") == 0 &&
	    now - w.first_ms >= WATCH_HEALTHY_WITHIN_MS &&
	    now - w.first_ms < WATCH_HEALTHY_WITHIN_MS + 2 * SECOND,
	    "never healthy: restarted after a minute");
	ok(probes > 40, "asked all the time (%u)", probes);
}

static void
test_not_healthy_any_more(void)
{
	start();
	(void)next(2 * SECOND);
	probe(true);
	(void)next(2 * SECOND);
	for (int i = 1; i < WATCH_FAILURES; i++) {
		ok(next(31 * SECOND) == WATCH_PROBE, "failure %d", i);
		probe(false);
	}
	(void)next(31 * SECOND);
	probe(true);
	for (int i = 1; i <= WATCH_FAILURES; i++) {
		ok(next(31 * SECOND) == WATCH_PROBE, "again failure %d", i);
		probe(false);
	}
	ok(watch_next(&w, now) == WATCH_REBOOT, "six in a row: restarted");
}

static void
test_hanging_probe(void)
{
	start();
	(void)next(2 * SECOND);
	watch_probing(&w, now);
	ok(next(14 * SECOND) == WATCH_WAIT, "it has time to give up itself");
	ok(next(2 * SECOND) == WATCH_KILL_PROBE, "then it is ended");
	watch_probed(&w, false, now);
	ok(next(2 * SECOND) == WATCH_PROBE, "and asked again");
}

static void
test_deaths(void)
{
	start();
	(void)next(2 * SECOND);
	probe(true);
	(void)next(2 * SECOND);
	for (int i = 1; i < WATCH_DEATHS; i++) {
		uint64_t died = now;

		watch_died(&w, now);
		ok(next(10 * SECOND) == WATCH_START &&
		    now - died == (uint64_t)(i - 1) * SECOND,
		    "death %d: started again after %d s", i, i - 1);
		watch_started(&w, now);
	}
	watch_died(&w, now);
	ok(watch_next(&w, now) == WATCH_REBOOT && strstr(w.why, "died") != NULL,
	    "the fourth within five minutes: restarted");
}

/* It answers nobody's questions about itself: all roles may be well. */
static void
test_silence(void)
{
	start();
	(void)next(2 * SECOND);
	probe(true);
	(void)next(2 * SECOND);
	ok(next(29 * SECOND) == WATCH_WAIT, "it is heard");
	is_silent = true;
	(void)next(2 * SECOND);
	probe(true);
	ok(next(29 * SECOND) == WATCH_WAIT && next(2 * SECOND) == WATCH_PROBE,
	    "silent for half a minute: nothing");
	probe(true);
	ok(next(40 * SECOND) == WATCH_KILL, "for a minute: it is ended");
	ok(next(2 * SECOND) != WATCH_KILL, "once");
	watch_died(&w, now);
	ok(next(SECOND) == WATCH_START, "and started again");
	is_silent = false;
}

static void
fail_for(uint64_t ms)
{
	uint64_t end = now + ms;

	while (now < end && next(31 * SECOND) == WATCH_PROBE)
		probe(false);
}

static void
test_read_only(void)
{
	start();
	(void)next(2 * SECOND);
	probe(true);
	(void)next(2 * SECOND);
	watch_data(&w, true);
	fail_for(WATCH_READ_ONLY_MS - 60 * SECOND);
	ok(watch_next(&w, now) != WATCH_REBOOT,
	    "data that cannot be written: it stays up to say so");
	fail_for(120 * SECOND);
	ok(watch_next(&w, now) == WATCH_REBOOT &&
	    strstr(w.why, "data partition") != NULL,
	    "after an hour a restart may mend it");
	start();
	watch_data(&w, true);
	fail_for(WATCH_HEALTHY_WITHIN_MS + 5 * SECOND);
	ok(watch_next(&w, now) != WATCH_REBOOT, "from the start: likewise");
	watch_data(&w, false);
	ok(watch_next(&w, now) == WATCH_REBOOT, "another fault: as ever");
}

static void
test_seldom_deaths(void)
{
	bool restarted = false;

	start();
	watch_probed(&w, true, now);
	(void)watch_next(&w, now);
	for (int i = 0; i < 20 && !restarted; i++) {
		now += 101 * SECOND;
		watch_died(&w, now);
		restarted = watch_next(&w, now + 3 * SECOND) != WATCH_START;
		watch_started(&w, now + 3 * SECOND);
	}
	ok(!restarted, "one in 101 s is no reason");
}

static void
test_never_started(void)
{
	now = SECOND;
	watch_init(&w, now);
	for (int i = 0; i < WATCH_DEATHS; i++) {
		ok(next(10 * SECOND) == WATCH_START, "start %d fails", i + 1);
		watch_died(&w, now);
	}
	ok(watch_next(&w, now) == WATCH_REBOOT, "no process at all");
}

int
main(void)
{
	test_good();
	test_never_healthy();
	test_not_healthy_any_more();
	test_hanging_probe();
	test_deaths();
	test_silence();
	test_read_only();
	test_seldom_deaths();
	test_never_started();
	return done_testing();
}
