/*
 * reasons.h -- in one line each: why the box started, and why it runs another
 * slot than before.  Pure.
 */
#ifndef INIT_REASONS_H
#define INIT_REASONS_H

#include <stdbool.h>

#include "base/span.h"
#include "init/facts.h"
#include "slots/control.h"

enum { REASON_MAX = 144 };	/* with a date it fits into config/box.h */

struct reset_facts {
	bool is_first;		/* nothing is remembered */
	const char *planned;	/* written before the restart; or empty */
	const char *panic;	/* reasons_panic(), or empty */
	bool watchdog;		/* it says that it was it */
};

/* What is believed first: we planned it; the kernel panicked; the watchdog;
 * else the power was cut. */
void reasons_reset(const struct reset_facts *facts, char out[static REASON_MAX]);

/*
 * Out of what pstore kept of the last kernel's messages: the panic's own line,
 * or else what dm-verity said; printable ASCII alone, clipped.
 * ST_OK, or ST_NOT_FOUND: no such line.
 */
MUST_CHECK enum status
reasons_panic(struct span messages, char out[static REASON_MAX]);

struct change_facts {
	unsigned slot;			/* that runs */
	const struct release_facts *release;	/* of it */
	const struct record *record;	/* NULL: nothing is remembered */
	const struct trial *trial;	/* NULL: none */
	const struct control *control;	/* as the boot loader left it; or NULL */
	bool was_asked;		/* the updater asked for this restart */
};

/* False where nothing changed; then `out` is empty. */
bool reasons_change(const struct change_facts *facts,
    char out[static REASON_MAX]);

#endif
