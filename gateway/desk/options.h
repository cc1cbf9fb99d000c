/*
 * options.h -- what stands behind a command's words: operands and options,
 * by one table; and the values that come by standard input instead, because
 * a command line is for everybody on the machine to see.
 */
#ifndef DESK_OPTIONS_H
#define DESK_OPTIONS_H

#include "desk/session.h"

/* The next NUL-ended argument, or NULL at the end. */
const char *options_next(struct span *arguments);

/*
 * Reads `arguments` into s->options by s->command's row; asks for the lines
 * it wants and starts the command when it has them all.  Where anything is
 * wrong, says what, and finishes with 64 (EX_USAGE); the value of an option
 * is not repeated where it may be a patient's.
 */
void options_start(struct session *s, struct span arguments);

/* A line that was asked for. */
void options_line(struct session *s, const struct msg_input *m);

#endif
