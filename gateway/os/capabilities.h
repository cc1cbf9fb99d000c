/*
 * capabilities.h -- what is left of root in the supervisor, and in what it
 * starts, once everything is open.
 */
#ifndef OS_CAPABILITIES_H
#define OS_CAPABILITIES_H

#include "base/status.h"

/*
 * Keeps only what starting roles takes: to change the user and the root
 * directory, to kill, to read the vault's folder and key files, to set
 * limits.  Nothing when not root.  ST_OK, or ST_IO with errno.
 */
MUST_CHECK enum status capabilities_keep_for_roles(void);

#endif
