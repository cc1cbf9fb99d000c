/*
 * listeners.h -- the sockets on which roles take connections and the devices
 * of a box, opened here because roles may open none.
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

/* Opens the sockets, where we stand; ST_OK, or ST_IO after a line on standard
 * error.  `box`: NULL where there is none. */
MUST_CHECK enum status listeners_open(struct listeners *l,
    const struct config *config, const struct folders *f,
    const struct box *box);

/* Opens the devices that `box` names.  What cannot be opened stays -1, after a
 * line on standard error: whoever wants it is not started, and the box serves
 * without. */
void listeners_open_devices(struct listeners *l, const struct config *config,
    const struct box *box);

/* True where everything that a role on a box cannot do without is open. */
bool listeners_are_there(const struct listeners *l,
    const struct topology_role *role);

#endif
