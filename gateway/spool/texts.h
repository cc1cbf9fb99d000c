/* texts.h -- why the spool itself put a file into failed: for NAME.error.txt,
 * in French and in English.  What intake refuses it explains itself. */
#ifndef SPOOL_TEXTS_H
#define SPOOL_TEXTS_H

#include "base/span.h"

enum text {
	TEXT_WANTS,		/* %s: the file that did not come */
	TEXT_UNNAMED,
	TEXT_WITNESS,
	TEXT_TOO_BIG,
	TEXT_BAD_NAME,
	TEXT_TOO_MANY,
	TEXTS
};

enum { TEXTS_BYTES = 4096 };

/* Appends it, with `name` where it has a place for one; cut to what fits. */
void text_put(enum text which, const char *name, struct buf *out);

#endif
