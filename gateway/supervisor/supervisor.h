/*
 * supervisor.h -- keeps every role running and connected, until told to stop.
 *
 * Never: reads a byte that came from outside; holds a key.
 */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

#include "supervisor/folders.h"
#include "supervisor/listeners.h"

/*
 * Starts the roles and watches over them.  Returns the exit code: 0 after
 * SIGTERM or SIGINT.  All arguments are borrowed until it returns.
 */
int supervisor_run(const struct config *config, const struct folders *folders,
    const struct listeners *listeners);

#endif
