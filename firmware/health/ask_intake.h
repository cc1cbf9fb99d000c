/*
 * ask_intake.h -- intake's local socket: the counters, then a check.
 *
 *   WAITING   for a moment: does it hang up at once?
 *   COUNTING  TAIL_GET (once) ... INTAKE_EXIT
 *   CHECKING  CHECK_FILE, CHECK_PART, CHECK_END ... INTAKE_EXIT
 */
#ifndef HEALTH_ASK_INTAKE_H
#define HEALTH_ASK_INTAKE_H

#include "ipc/channel.h"

struct health;

struct ask_intake {
	struct channel channel;
	uv_timer_t moment;
	int  fd;		/* connected; given to the channel */
	enum { ASK_WAITING, ASK_COUNTING, ASK_CHECKING } state;
	bool     has_count;
	uint64_t connections;
	bool was_judged;	/* a report was looked up in the vault ... */
	bool has_problem;	/* ... or intake says what is in the way */
};

/* As root: `run_dir`/intake.sock.  NULL, or why not. */
const char *ask_intake_open(struct ask_intake *a, const char *run_dir);

void ask_intake_start(struct health *h);

#endif
