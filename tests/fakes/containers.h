/* containers.h -- signed containers of updates, made for a test. */
#ifndef FAKES_CONTAINERS_H
#define FAKES_CONTAINERS_H

#include "crypto/p256.h"
#include "update/trust.h"

/* What a container says; images are the caller's. */
struct made {
	const char *board, *version;
	uint64_t release, floor;
	struct span boot, root;
};

/* One key pair for the whole test; made at the first call. */
const struct p256_public *container_key(void);

/* A box of board "qemu-virt" that runs 1.0.0, release 4, floor 2, in slot a
 * and knows container_key() alone. */
struct trust container_box(uint64_t boot_room, uint64_t root_room);

/* Writes all fields of the header, unsigned. */
void container_write(uint8_t header[static CONTAINER_HEADER_BYTES],
    const struct made *made);

/* Puts key id and signature in. */
void container_sign(uint8_t header[static CONTAINER_HEADER_BYTES]);

/* Bytes that begin as a FIT does and differ by `seed`. */
void container_fill(uint8_t *image, size_t bytes, unsigned seed);

#endif
