/*
 * confine.h -- the supervisor's own sandbox: what it still needs is to start
 * roles, to kill them, and to remove its socket.
 */
#ifndef SUPERVISOR_CONFINE_H
#define SUPERVISOR_CONFINE_H

#include "supervisor/folders.h"

/* No core dumps, and landlock: to what is started after this, too, so that it
 * leaves what roles read at start.  ST_OK, or ST_IO after a line on standard
 * error. */
MUST_CHECK enum status
confine_paths(const struct config *config, const struct folders *folders);

/* The last part: root's rights.  Likewise. */
MUST_CHECK enum status confine_rights(void);

#endif
