/* load.h -- the configuration file, read and parsed. */
#ifndef SUPERVISOR_LOAD_H
#define SUPERVISOR_LOAD_H

#include "config/config.h"

/* ST_OK, or ST_INVALID after a line on standard error that says which file,
 * which line, which key, which value, and what is allowed. */
MUST_CHECK enum status load_config(const char *path, struct config *config);

#endif
