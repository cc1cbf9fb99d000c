/*
 * plan.h -- from the configuration: what guichet-health asks, and what it
 * must leave alone.  Pure.
 *
 * Where an exchange would disturb somebody, it is not in the plan:
 *   mllp  is none; is reached by one interface only; or intake would turn
 *         away (and audit) the address we would come from; where as many are
 *         connected as `mllp_room`, one more would push out a silent LIS
 */
#ifndef HEALTH_PLAN_H
#define HEALTH_PLAN_H

#include <sys/socket.h>

#include "config/config.h"

enum { PLAN_MESSAGE_MAX = 1024 };

struct plan {
	/* Whose rules the synthetic message is read by; never NULL. */
	const struct config_source *source;
	bool     has_mllp;
	struct sockaddr_storage mllp;
	uint64_t mllp_room;	/* connections; below that, ours is one more */
	struct sockaddr_storage pickup;
};

/* `plan` borrows from `config`.  ST_OK, or ST_INVALID: an address that no
 * checked configuration has. */
MUST_CHECK enum status
plan_make(const struct config *config, struct plan *plan);

/* Of a plan's address, in the host's byte order. */
uint16_t plan_port(const struct sockaddr_storage *address);

/*
 * The synthetic message: an ORU^R01 about a patient who is nobody, as
 * `source` takes them, whose results are still to come (OBR-25 I).  MSH-11 is
 * T, or P where the source refuses tests: `guichet intake check` stores
 * neither, and it is the only one that is ever given this message.
 * `time`: YYYYMMDDHHMMSS.  ST_OK or ST_NO_SPACE.
 */
MUST_CHECK enum status
plan_message(const struct config_source *source, const char *time,
    struct buf *out);

#endif
