/*
 * senders.h -- "GLIMS/LABO1, GLIMS/LABO2": for whom may a source speak?
 *
 * Pairs of application (MSH-3) and facility (MSH-4), separated by commas; a
 * star stands for any.  Pure.
 */
#ifndef CONFIG_SENDERS_H
#define CONFIG_SENDERS_H

#include <stdbool.h>

#include "base/span.h"

/* ST_OK, also for an empty list; ST_INVALID where a pair is none. */
MUST_CHECK enum status senders_check(struct span text);

/* `text` passed senders_check().  An empty list has everybody.  Blanks
 * around what the message says do not count, upper and lower case do. */
bool senders_have(struct span text, struct span application,
    struct span facility);

#endif
