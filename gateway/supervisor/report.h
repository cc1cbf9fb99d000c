/*
 * report.h -- what roles are told about the box they run on (guichetd --box).
 * Without a box nobody is told anything.
 */
#ifndef SUPERVISOR_REPORT_H
#define SUPERVISOR_REPORT_H

#include "config/box.h"
#include "supervisor/process.h"
#include "supervisor/update_keys.h"

struct report {
	const struct box         *box;		/* NULL: none; may change
						   (pulse.h) */
	const struct update_keys *keys;
	const char *booted;	/* a file that is made when it was told: gone
				   with the next start of the box */
};

/* `p` is ready, or there is news about the box: to the updater what it may
 * take, to the vault, once each time the box started, how that went. */
void report_ready(const struct report *r, struct process *p);

/* A part of the answer to HEALTH_GET; as process_send(). */
MUST_CHECK enum status
report_state(const struct report *r, struct process *asker, uint64_t request);

#endif
