/*
 * marks.h -- what a box remembers of its site's configuration, as empty files
 * in /data/boot.
 */
#ifndef INIT_MARKS_H
#define INIT_MARKS_H

#include <stdbool.h>

enum mark {
	MARK_SITE,	/* there was a guichet.conf: without one it is lost */
	MARK_REFUSED	/* a release that was not on trial refused it, too */
};

/* `folder`: a descriptor of /data/boot; -1: nothing is remembered. */
bool marks_has(int folder, enum mark mark);

/* A mark that cannot be written is a line in the log: the box serves. */
void marks_set(int folder, enum mark mark, bool is_set);

#endif
