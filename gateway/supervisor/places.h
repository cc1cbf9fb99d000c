/*
 * places.h -- the networks of a box (guichetd --box): opened by name, entered
 * to open what listens there, and a launcher left in each before guichetd
 * gives up the right to enter any.
 */
#ifndef SUPERVISOR_PLACES_H
#define SUPERVISOR_PLACES_H

#include <sys/types.h>

#include "supervisor/topology.h"

struct places {
	bool  is_apart;			/* false: no box, all in one place */
	int   network[PLACES];		/* network namespaces, while is_apart */
	int   launcher[PLACES];		/* 0: guichetd starts it itself */
	pid_t pid[PLACES];		/* of the launcher; 0: none */
};

/* Opens the networks that `box` names; without a box (NULL) there are none,
 * and all that follows does nothing.  ST_OK, or ST_IO after a line on
 * standard error. */
MUST_CHECK enum status places_open(struct places *p, const struct box *box);

/* What is opened from now on is opened there.  ST_OK, or ST_IO likewise. */
MUST_CHECK enum status
places_enter(const struct places *p, enum topology_place place);

/* Starts the launchers, each as confined as guichetd is going to be: landlock
 * is entered before this, and is theirs too.  ST_OK, or ST_IO likewise. */
MUST_CHECK enum status places_leave(struct places *p);

#endif
