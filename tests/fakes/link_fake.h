/* link_fake.h -- stands in for courier/link.c: opens nothing, counts.  Events
 * are the test's: conn_fake_emit(&link->conn, ...). */
#ifndef FAKES_LINK_FAKE_H
#define FAKES_LINK_FAKE_H

#include "courier/link.h"

extern struct link_fake {
	unsigned opens, closes, secures;
	const struct endpoint *to;	/* of the last open */
	/* All endpoint_new() ever made, in order. */
	struct endpoint endpoint[8];
	unsigned n_endpoints;
} link_fake;

/* Forgets everything recorded. */
void link_fake_reset(void);

#endif
