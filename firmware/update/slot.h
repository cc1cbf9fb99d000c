/*
 * slot.h -- what can be said about the two slots, and going back to the other
 * one.
 */
#ifndef UPDATE_SLOT_H
#define UPDATE_SLOT_H

#include "update/medium.h"
#include "update/trust.h"

enum slot_state {
	SLOT_HEALTHY,	/* it runs, and was found healthy */
	SLOT_TRIED,	/* it runs, and was not yet */
	SLOT_ARMED,	/* the other one: next to boot */
	SLOT_READY,	/* ... holds an image; a rollback may run it */
	SLOT_FAILED,	/* ... holds one that was started until its tries ran
			   out: an update that was never healthy, damage, or
			   a fault that was not the release's */
	SLOT_EMPTY,	/* ... holds none: never complete, or destroyed because
			   the floor rose above its release */
	SLOT_STATES
};

struct slot_view {
	struct control  control;
	enum slot_state state[CONTROL_SLOTS];
};

/* REFUSAL_NONE, REFUSAL_CONTROL or REFUSAL_MEDIUM. */
MUST_CHECK enum refusal
slot_look(const struct trust *trust, const struct medium *medium,
    struct slot_view *out);

/* "healthy", ...; static storage.  For --json. */
const char *slot_word(enum slot_state state);

/*
 * The other slot is next to boot; or, where it was already, because an update
 * waits for a restart, it is closed: what runs stays.  One that failed gets new
 * tries as any other: what was wrong may have been mended since, and where it
 * was not, the boot loader comes back.  `*was`: what the other one was before,
 * where REFUSAL_NONE: SLOT_ARMED, SLOT_READY or SLOT_FAILED.
 *
 * REFUSAL_NONE, REFUSAL_NO_IMAGE, REFUSAL_CONTROL, REFUSAL_MEDIUM or
 * REFUSAL_READ_BACK.
 */
MUST_CHECK enum refusal
slot_go_back(const struct trust *trust, const struct medium *medium,
    enum slot_state *was);

#endif
