/*
 * health.h -- three short exchanges that say whether the box serves.
 *
 *   intake  its local socket: the counters, then `check` of a synthetic
 *           message (plan.h); intake parses it and asks the vault
 *   mllp    a connection to mllp.listen that says it has nothing to send;
 *           intake takes it and ends it
 *   pickup  HTTPS: GET /d/<a random name>; the vault says that it is nobody's
 *
 * What an exchange leaves behind: nothing.
 *   - `check` stores nothing and answers nobody (intake/check.h).
 *   - No message goes over MLLP: a source in production would refuse a test
 *     each time, in the log and in `guichet intake tail`, and any other would
 *     begin a delivery in the database.
 *   - An object's name that is nobody's costs no transaction, no record and
 *     no wrong attempt (vault/object.c).  A card's number with a wrong token
 *     costs all three: after an hour the box would have throttled itself.
 *
 * What is busy is alive:
 *   - intake hangs up on a fifth command before it read a word: alive.
 *   - MLLP is asked only where it is not full: intake makes room for a
 *     newcomer by ending the longest silence, which is a LIS's.
 *   - pickup's 503 is alive: before the first sure time of day nothing can be
 *     picked up.  Whether the vault answers, `check` has found out.
 *   - an answer that does not come, or a connection that is cut, counts as
 *     alive while a crowd is connected (crowd.h): it could be what it wants.
 *     Nobody who listens, another key, another answer: no crowd excuses that.
 *
 * The certificate may have expired and be for any name: it must be the one of
 * the file, that is all.
 */
#ifndef HEALTH_HEALTH_H
#define HEALTH_HEALTH_H

#include "health/ask_intake.h"
#include "health/ask_mllp.h"
#include "health/ask_pickup.h"
#include "health/crowd.h"
#include "health/plan.h"

enum { HEALTH_MS = 8000 };	/* ten seconds at most, on a slow box, too */

enum health_part {
	HEALTH_INTAKE, HEALTH_MLLP, HEALTH_PICKUP, HEALTH_VAULT, HEALTH_PARTS
};

struct health {
	uv_loop_t  loop;
	uv_timer_t deadline;
	struct config config;
	struct plan   plan;
	struct crowd  crowd;
	struct ask_intake intake;
	struct ask_mllp   mllp;
	struct ask_pickup pickup;
	bool waits[HEALTH_PARTS];
	bool has_crowd;		/* it was counted */
	unsigned n_crowd;
	int  code;
};

/* As root: reads the configuration at `path` and the certificate, connects to
 * intake's local socket, goes to run.dir/empty.  False after a line on
 * standard error. */
bool health_prepare(struct health *h, const char *path);

/* Ports to connect to; how many. */
unsigned health_ports(const struct health *h, uint16_t ports[static 2]);

/* In the sandbox: 0, or 1 after a line that names what failed. */
int health_run(struct health *h);

/* --- for the exchanges ---------------------------------------------------- */

void health_passed(struct health *h, enum health_part part);
/* The first one is what is said, and the end. */
void health_failed(struct health *h, enum health_part part, const char *why);
/* Nothing came: failed, or passed where a crowd keeps the box busy (for MLLP:
 * where it has all the places that there are); a line says so. */
void health_late(struct health *h, enum health_part part, const char *why);
/* Intake has told how many are connected. */
void health_counted(struct health *h, uint64_t connections);

#endif
