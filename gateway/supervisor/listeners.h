/*
 * listeners.h -- the sockets on which roles take connections, opened here
 * because roles may open none.
 *
 * Never: accepts; that is the roles'.
 */
#ifndef SUPERVISOR_LISTENERS_H
#define SUPERVISOR_LISTENERS_H

#include "supervisor/folders.h"
#include "supervisor/topology.h"

struct listeners {
	int fd[LISTENERS];	/* by enum listener; -1: none */
};

/* Opens all of them; ST_OK, or ST_IO after a line on standard error. */
MUST_CHECK enum status listeners_open(struct listeners *l,
    const struct config *config, const struct folders *f);

#endif
