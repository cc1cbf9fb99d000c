/*
 * fallback.h -- what a box does with a site's configuration that the release
 * which runs does not take: whether it is this release that is wrong, and what
 * it runs on instead.  Pure.
 */
#ifndef INIT_FALLBACK_H
#define INIT_FALLBACK_H

#include <stdbool.h>

#include "base/span.h"
#include "init/facts.h"
#include "slots/control.h"

/*
 * True where another slot was healthy last and the boot loader would take it
 * again: the release in `slot` is on trial, and that one took what the site
 * wrote.  `record`: NULL: nothing is remembered; `booted`: as the boot loader
 * left it; NULL: unreadable.
 */
bool fallback_is_trial(unsigned slot, const struct record *record,
    const struct control *booted);

/*
 * The configuration to run on: the image's, but closed to whoever sends
 * results, since what a site allows of that is in the file that was refused
 * and may be less; with that file's service.port, whatever else is in it, so
 * that somebody can ask what is wrong.
 *   ST_OK
 *   ST_NO_SPACE  `out` has too little room
 */
MUST_CHECK enum status
fallback_write(struct span image, struct span refused, struct buf *out);

#endif
