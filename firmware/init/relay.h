/*
 * relay.h -- what a program of others says, handed on in whole lines: of the
 * kernel's log each write(2) is a line, and e2fsck writes a line in pieces.
 */
#ifndef INIT_RELAY_H
#define INIT_RELAY_H

#include <stddef.h>

#include "base/span.h"

enum {
	RELAY_LINE_MAX = 400,	/* bytes; what is behind is another line */
	RELAY_LINES_MAX = 200	/* of one program; then one that says so */
};

struct relay {
	int      to;		/* each line is one write(2) to it */
	size_t   len;
	unsigned lines;
	char     line[RELAY_LINE_MAX + 1];
};

/* Control characters become '?'; an empty line is left out. */
void relay_feed(struct relay *r, struct span bytes);

/* The program has ended: what there is of a last line. */
void relay_end(struct relay *r);

#endif
