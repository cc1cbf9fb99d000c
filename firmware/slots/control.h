/*
 * control.h -- the boot-control block: which slot the boot loader tries next,
 * and how often.  Android's struct bootloader_control, 32 bytes, as U-Boot
 * reads and writes it (include/android_bootloader_message.h, boot/android_ab.c):
 * at byte CONTROL_AT of the partition "control", its copy CONTROL_COPY_AT
 * further on.  Pure but for control_load() and control_store().
 *
 * The boot loader takes the slot with the highest priority that has tries
 * left and takes one try away.  Nobody ever sets `successful`: U-Boot 2025.01
 * would stop counting; init gives the tries back when the box is healthy.
 */
#ifndef SLOTS_CONTROL_H
#define SLOTS_CONTROL_H

#include <stdbool.h>

#include "base/span.h"

enum {
	CONTROL_BYTES = 32, CONTROL_AT = 2048, CONTROL_COPY_AT = 4096,
	CONTROL_SLOTS = 2,
	CONTROL_PRIORITY_MAX = 15,
	CONTROL_TRIES_FULL = 7,	/* of a slot that was healthy */
	CONTROL_TRIES_NEW = 3	/* of one that never was */
};

struct control_slot {
	uint8_t priority;	/* 0: never; 15: first */
	uint8_t tries;		/* 0 to 7 */
	bool    successful, corrupt;
};

struct control {
	struct control_slot slot[CONTROL_SLOTS];	/* 0: a, 1: b */
	uint8_t last;		/* the slot the boot loader wrote down */
};

/* ST_OK; ST_CORRUPT where magic, CRC-32, version or number of slots are wrong. */
MUST_CHECK enum status
control_decode(const uint8_t bytes[static CONTROL_BYTES], struct control *out);

void control_encode(const struct control *c,
    uint8_t out[static CONTROL_BYTES]);

/* `slot` is healthy: full tries, highest priority, the other one below. */
void control_mark_good(struct control *c, unsigned slot);

/* `slot` is not to be booted while it is written. */
void control_close(struct control *c, unsigned slot);

/* `slot` is next, with CONTROL_TRIES_NEW. */
void control_arm(struct control *c, unsigned slot);

/*
 * Reads the first valid copy from `fd`, the partition.
 *   ST_OK       *copy: 0 the first, 1 the second: the first is damaged
 *   ST_CORRUPT  both are
 *   ST_IO
 */
MUST_CHECK enum status
control_load(int fd, struct control *out, unsigned *copy);

/* The copy first, then the first one, each synced: a cut leaves one valid.
 * Where both hold it already, nothing is written.  ST_OK or ST_IO. */
MUST_CHECK enum status control_store(int fd, const struct control *c);

#endif
