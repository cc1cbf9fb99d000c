/*
 * confine.h -- the supervisor's own sandbox: what it still needs is to start
 * roles, to kill them, and to remove its socket.
 */
#ifndef SUPERVISOR_CONFINE_H
#define SUPERVISOR_CONFINE_H

#include "supervisor/folders.h"

/* ST_OK, or ST_IO after a line on standard error.  What roles are started
 * after this lives under it too: it leaves what they read at start. */
MUST_CHECK enum status
confine(const struct config *config, const struct folders *folders);

#endif
