/* show.h -- `guichet update status`. */
#ifndef UPDATE_SHOW_H
#define UPDATE_SHOW_H

#include "update/caller.h"
#include "update/slot.h"

/* Prints both slots and what runs, as text or as one JSON object
 * (docs/operations/updates.md), and ends the command. */
void show_status(struct caller *c, const struct trust *trust,
    const struct medium *medium, bool is_updating, bool json);

#endif
