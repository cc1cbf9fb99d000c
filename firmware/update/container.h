/*
 * container.h -- the 4096-byte header of an update: which release for which
 * board, and the two images that follow it.  Layout: docs/formats/update.md.
 *
 * Pure: knows no key, no board and no disk.  Whoever reads a container checks
 * its signature before container_parse() (trust.h).
 */
#ifndef UPDATE_CONTAINER_H
#define UPDATE_CONTAINER_H

#include "base/span.h"

enum {
	CONTAINER_HEADER_BYTES = 4096,
	CONTAINER_SIGNED_BYTES = 3840,	/* of it; the signature follows */
	CONTAINER_KEY_ID_BYTES = 8,	/* the last of those */
	CONTAINER_SIGNATURE_MAX = 72,	/* DER of two 33-byte integers */
	CONTAINER_TEXT_MAX = 32,	/* with its NUL */
	/* The first bytes of the boot image, written when all else is there:
	 * no image is shorter. */
	CONTAINER_IMAGE_MIN = 4096
};

/* In the order in which they follow the header. */
enum container_part { CONTAINER_BOOT, CONTAINER_ROOT, CONTAINER_IMAGES };

struct container_image {
	uint64_t bytes;
	uint8_t  sha256[32];
};

struct container {
	char     board[CONTAINER_TEXT_MAX];	/* [a-z0-9-]{1,31} */
	char     version[CONTAINER_TEXT_MAX];	/* [A-Za-z0-9.+~-]{1,31} */
	uint64_t release;			/* from 1 */
	uint64_t floor;				/* at most `release` */
	struct container_image image[CONTAINER_IMAGES];
};

/*
 * What must be read before the signature is checked: who signed, and the
 * signature itself.  Both borrow from `header`.
 *
 *   ST_OK         *key_id has 8 bytes, *signature 8 to 72: DER or not
 *   ST_NOT_FOUND  not CONTAINER_HEADER_BYTES, or another magic
 *   ST_FORGED     its signature is empty, too long, or followed by bytes
 */
MUST_CHECK enum status
container_signature(struct span header, struct span *key_id,
    struct span *signature);

/*
 * Every field, of a header whose signature is good.
 *
 *   ST_OK
 *   ST_NOT_FOUND  as above
 *   ST_MALFORMED  reserved bytes that are not zero, a text or number outside
 *                 what struct container says, an image of less than
 *                 CONTAINER_IMAGE_MIN or more than 2^48 bytes
 */
MUST_CHECK enum status
container_parse(struct span header, struct container *out);

/* Header and images together. */
uint64_t container_bytes(const struct container *c);

#endif
