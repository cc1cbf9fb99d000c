/*
 * medium.h -- the three descriptors that the updater has: boot and root
 * partition of the slot that does not run, and the boot-control block.  There
 * is none for the slot that runs.
 *
 * What was written is read from the medium, not from memory: every read-back
 * drops what the kernel keeps first.
 */
#ifndef UPDATE_MEDIUM_H
#define UPDATE_MEDIUM_H

#include "slots/control.h"
#include "update/container.h"
#include "update/refusal.h"

enum {
	/* Of the boot partition: zero while the slot is written, so that
	 * neither the boot loader nor a rollback takes it for an image. */
	MEDIUM_FIRST_BYTES = CONTAINER_IMAGE_MIN
};

struct medium {
	int image[CONTAINER_IMAGES];
	int control;
};

/* Bytes of a partition or of a file in its place; 0 where it has no size. */
uint64_t medium_room(int fd);

/* All of `bytes` at `at`.  ST_OK or ST_IO. */
MUST_CHECK enum status
medium_write(int fd, struct span bytes, uint64_t at);

/* Exactly `len` bytes.  ST_OK or ST_IO (also where the medium ends). */
MUST_CHECK enum status
medium_read(int fd, void *out, size_t len, uint64_t at);

/* Durable, and forgotten by the kernel.  ST_OK or ST_IO. */
MUST_CHECK enum status medium_sync(int fd);

/*
 * The boot-control block as the medium has it.
 * REFUSAL_NONE, REFUSAL_CONTROL (both copies are damaged) or REFUSAL_MEDIUM.
 */
MUST_CHECK enum refusal
medium_load_control(const struct medium *m, struct control *out);

/* Stores it and reads it back.  REFUSAL_NONE, REFUSAL_MEDIUM or
 * REFUSAL_READ_BACK. */
MUST_CHECK enum refusal
medium_store_control(const struct medium *m, const struct control *c);

/* True where the boot partition begins as a FIT does. */
bool medium_has_image(const struct medium *m);

#endif
