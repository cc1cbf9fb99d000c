/*
 * apply.h -- one container into the slot that does not run.
 *
 *     HEADER --> judged; slot closed, first bytes of boot zeroed
 *     IMAGES --> hashed while written, but for the first bytes of boot
 *     CHECK  --> synced, read back and hashed again, then those first bytes
 *     WHOLE  --> apply_arm()
 *
 * At every moment, power cut or not: the slot is closed or it is complete.  A
 * refusal leaves it closed; the running slot and its entry in the boot-control
 * block stay as they are.
 *
 * Never: waits for bytes, knows who sends them, restarts anything.
 */
#ifndef UPDATE_APPLY_H
#define UPDATE_APPLY_H

#include "crypto/digest.h"
#include "update/medium.h"
#include "update/trust.h"

enum apply_phase { APPLY_HEADER, APPLY_IMAGES, APPLY_CHECK, APPLY_WHOLE,
    APPLY_OVER };

enum {
	APPLY_SYNC_BYTES = 1024 * 1024,	/* written between two syncs: none of
					   them takes long */
	APPLY_PIECE_BYTES = 32768	/* read back at once */
};

/* Fields belong to apply.c.  Others may read phase, has_begun and container,
 * which is all zero until a signature was good. */
struct apply {
	const struct trust  *trust;	/* borrowed until the end */
	const struct medium *medium;	/* likewise */
	enum apply_phase phase;
	bool     has_begun;	/* the slot was closed for it, or nearly */
	uint64_t announced;
	struct container container;
	unsigned image;			/* the one in work */
	uint64_t done;			/* bytes of header or image */
	uint64_t unsynced;
	struct sha256 hash;
	uint8_t  header[CONTAINER_HEADER_BYTES];
	uint8_t  first[MEDIUM_FIRST_BYTES];	/* of boot, held back */
	uint8_t  piece[APPLY_PIECE_BYTES];
};

/* `announced`: bytes that the sender says will come; 0: it does not know. */
void apply_begin(struct apply *a, const struct trust *trust,
    const struct medium *medium, uint64_t announced);

/*
 * The next bytes of the container, as many as there are.  REFUSAL_NONE, or the
 * reason: nothing more is taken then.  Before the slot is closed nothing is
 * changed: every refusal of trust_judge(), TRUNCATED and TOO_LONG by what was
 * announced, CONTROL, NOT_HEALTHY.  After: TOO_LONG, IMAGE_HASH, MEDIUM.
 */
MUST_CHECK enum refusal apply_take(struct apply *a, struct span bytes);

/* No more bytes come.  REFUSAL_NONE or REFUSAL_TRUNCATED. */
MUST_CHECK enum refusal apply_end(struct apply *a);

/*
 * One bounded step of the read-back; call until the phase is APPLY_WHOLE.
 * REFUSAL_NONE, REFUSAL_MEDIUM or REFUSAL_READ_BACK.
 */
MUST_CHECK enum refusal apply_check(struct apply *a);

/* In APPLY_WHOLE: the slot is next to boot.  REFUSAL_NONE, CONTROL, MEDIUM or
 * READ_BACK. */
MUST_CHECK enum refusal apply_arm(struct apply *a);

#endif
