/*
 * crowd.h -- how many connections others have with this machine, as the kernel
 * lists them (/proc/net/tcp, proc_pid_net(5)).
 *
 * What an exchange waited for in vain may be a process that stands still, or
 * one that is kept busy from outside: whoever is in the laboratory's network
 * must not be able to have the box restarted, or its slot changed, by keeping
 * it busy.  Who keeps it busy has connections, and many: what is left to do
 * stands in them.  That a process stands still guichetd finds out without
 * any network (PING).
 */
#ifndef HEALTH_CROWD_H
#define HEALTH_CROWD_H

#include <stdbool.h>

#include "base/span.h"

enum {
	/* Handshakes for fewer, in turn, leave time for ours, on a slow box
	 * with an RSA key of 2048 bits, too. */
	CROWD_LEAST = 16
};

/* Of the namespace that it was opened in; -1: not there. */
struct crowd {
	int fd[2];
};

/* As root, before the root is changed.  Reads nothing yet. */
void crowd_open(struct crowd *c);

/* How many there are now, up to CROWD_LEAST; to be asked once: the descriptors
 * are read to their end. */
unsigned crowd_count(const struct crowd *c);

/* A line of the list: a connection that lives, and not one of this machine
 * with itself, whose two ends have one address.  Pure. */
bool crowd_counts(struct span line);

#endif
