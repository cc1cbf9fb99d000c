/*
 * trust.h -- may this container be written to this box?  What the box is and
 * who may sign for it comes from the supervisor (UPDATE_FACTS); the floor may
 * rise later.
 *
 * Pure: reads bytes that are there and writes nothing.
 */
#ifndef UPDATE_TRUST_H
#define UPDATE_TRUST_H

#include "crypto/p256.h"
#include "update/container.h"
#include "update/refusal.h"

enum { TRUST_KEYS_MAX = 4 };

struct trust_key {
	struct p256_public point;
	uint8_t id[CONTAINER_KEY_ID_BYTES];
};

struct trust {
	char     board[CONTAINER_TEXT_MAX];
	char     version[CONTAINER_TEXT_MAX];	/* running, as the next three */
	uint64_t release;
	uint64_t floor;
	unsigned slot;				/* 0: a, 1: b */
	struct trust_key key[TRUST_KEYS_MAX];
	unsigned n_keys;
	uint64_t room[CONTAINER_IMAGES];	/* bytes of each partition */
};

/*
 * Takes points of 65 bytes each, one after the other.  ST_OK; ST_INVALID where
 * there are none, more than TRUST_KEYS_MAX, or one is not on the curve.
 */
MUST_CHECK enum status trust_set_keys(struct trust *t, struct span points);

/*
 * REFUSAL_NONE with *out set, else the first of what docs/formats/update.md
 * lists under "Reading"; *out has board, version and release from
 * REFUSAL_BOARD on, and is untouched before.
 */
MUST_CHECK enum refusal
trust_judge(const struct trust *t, struct span header, struct container *out);

#endif
