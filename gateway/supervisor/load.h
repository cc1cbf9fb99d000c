/* load.h -- the files that guichetd reads: each with its parser. */
#ifndef SUPERVISOR_LOAD_H
#define SUPERVISOR_LOAD_H

#include "config/box.h"
#include "config/config.h"
#include "supervisor/update_keys.h"

/* ST_OK, or ST_INVALID after a line on standard error that says which file,
 * which line, which key, which value, and what is allowed. */
MUST_CHECK enum status load_config(const char *path, struct config *config);

/* What init says about the box, and who may sign an update for it; likewise. */
MUST_CHECK enum status load_box(const char *path, struct box *box);
MUST_CHECK enum status
load_update_keys(const char *path, struct update_keys *keys);

#endif
