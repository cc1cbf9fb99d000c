/*
 * audit_walk.h -- recomputes the audit tree (RFC 6962 section 2.1) from the
 * records, without trusting the vault's own frontier.
 *
 * Leaf: SHA-256(0x00 | line).  Node: SHA-256(0x01 | left | right).
 */
#ifndef DESK_AUDIT_WALK_H
#define DESK_AUDIT_WALK_H

#include "base/span.h"

struct audit_walk {
	uint64_t size;			/* leaves taken */
	uint8_t  peak[64][32];		/* peak[i]: root of a full tree of 2^i */
	uint8_t  expected[32];		/* what the vault says */
	uint64_t expected_size;
};

/* Takes the next leaf, in order. */
void audit_walk_add(struct audit_walk *w, struct span line);

/* The root over what was taken; of nothing: SHA-256 of nothing. */
void audit_walk_root(const struct audit_walk *w, uint8_t root[static 32]);

#endif
