/*
 * history.h -- what happened to the box, one dated line each, the last
 * HISTORY_LINES of them, in a file that survives a power cut.
 */
#ifndef INIT_HISTORY_H
#define INIT_HISTORY_H

#include "base/span.h"

enum {
	HISTORY_LINES = 32, HISTORY_LINE_MAX = 161,
	HISTORY_BYTES = HISTORY_LINES * (HISTORY_LINE_MAX + 1)
};

/*
 * "2026-11-22 09:31 text", the time UTC; "time unknown" where the clock was
 * never set.  Returns `out`.
 */
const char *history_date(uint64_t now_s, const char *text,
    char out[static HISTORY_LINE_MAX]);

/*
 * Pure: appends `line` to the lines in `file`, dropping the oldest; unless
 * the last one says the same, whenever it was.  `file` has room for
 * HISTORY_BYTES; a line that is too long is clipped.
 */
void history_add(struct buf *file, const char *line);

/* The last line; empty where there is none.  Pure. */
void history_last(struct span file, char out[static HISTORY_LINE_MAX]);

#endif
