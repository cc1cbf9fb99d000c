/*
 * sweep.h -- the end of things: windows that closed, keys of past days, old
 * counters, and the bytes nothing names any more.
 *
 * Refusing does not wait for the sweep: every look-up compares the time.
 * Erasing does, and happens in steps of at most SWEEP_ROWS rows, so that no
 * transaction holds up an acknowledgement.
 */
#ifndef VAULT_SWEEP_H
#define VAULT_SWEEP_H

#include "vault/vault.h"

enum {
	SWEEP_EVERY_MS     = 10 * 1000,
	SWEEP_ROWS         = 100,
	DELIVERY_MEMORY_S  = 30 * DAY_S,	/* lis.md 1.4 */
	REPORT_MEMORY_S    = 400 * DAY_S,
	THROTTLE_MEMORY_S  = 2 * DAY_S
};

/* One step; true while there is more to do. */
bool sweep_step(struct vault *v);

/* Punches out what transactions left as garbage; false where nothing was. */
bool garbage_collect(struct vault *v);

#endif
