/*
 * watchdog.h -- the hardware watchdog: resets the box unless it is kicked.
 * Running since the boot loader; nothing stops it any more.
 */
#ifndef INIT_WATCHDOG_H
#define INIT_WATCHDOG_H

#include <stdbool.h>

enum { WATCHDOG_S = 20 };

struct watchdog {
	int  fd;		/* -1: there is none */
	bool did_reset;		/* the start before this one ended by it */
};

/* `path`: of the board; empty: it has none, which is said. */
void watchdog_open(struct watchdog *w, const char *path);

/* From loops that show by turning that the box does not hang. */
void watchdog_kick(const struct watchdog *w);

#endif
