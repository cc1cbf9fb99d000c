/*
 * input.h -- lines of the command's standard input, for values that must not
 * stand on a command line.
 *
 * At a terminal the prompt is shown on standard error and a secret is not
 * echoed; whatever ends the command puts the echo back first.  Otherwise
 * bytes are read one by one: what follows the line is the next reader's.
 */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include "base/span.h"

enum { INPUT_LINE_MAX = 1024 };		/* INPUT.line */

/*
 * Appends the next line to `line`, without its LF or CR LF.  The caller
 * wipes it.
 *
 *   ST_OK
 *   ST_NOT_FOUND  standard input has ended
 *   ST_TOO_BIG    longer than `line` has room for; it was read to its end
 */
MUST_CHECK enum status
input_line(struct span prompt, bool is_secret, struct buf *line);

#endif
