/*
 * supervisor.h -- keeps every role running and connected, until told to stop.
 *
 * Never: reads a byte that came from outside; holds a key.
 */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

#include "supervisor/folders.h"
#include "supervisor/listeners.h"
#include "supervisor/places.h"
#include "supervisor/pulse.h"
#include "supervisor/report.h"

/* All borrowed until supervisor_run() returns. */
struct supervisor_setup {
	const struct config    *config;
	const struct folders   *folders;
	const struct listeners *listeners;
	struct places          *places;
	struct report           report;
	struct pulse            pulse;	/* on_news and owner: ours */
};

/*
 * Starts the roles and watches over them.  Returns the exit code: 0 after
 * SIGTERM or SIGINT; ROLE_EXIT_RESTART_BOX where the updater asks for it;
 * ROLE_EXIT_OS where the sandbox is refused or a launcher died.
 */
int supervisor_run(const struct supervisor_setup *setup);

#endif
