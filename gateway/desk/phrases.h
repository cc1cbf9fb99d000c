/*
 * phrases.h -- what a box says about itself, in the language of whoever asks
 * (phrases.def).  Pure.
 *
 * The box says it in English: it stands in its log and its files, and --json
 * gives it as it is.  What the table does not know stays English.
 */
#ifndef DESK_PHRASES_H
#define DESK_PHRASES_H

#include "base/span.h"
#include "desk/texts.h"

enum { PHRASE_MAX = 512 };	/* of the French of 160 bytes */

/*
 * `text`: a date or none, then phrases with "; " between them.  Returns `out`,
 * which is cut where it would be longer.
 */
const char *phrase_in(enum lang lang, struct span text,
    char out[static PHRASE_MAX]);

#endif
