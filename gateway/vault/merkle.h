/*
 * merkle.h -- the Merkle tree of RFC 6962 section 2.1, built leaf by leaf.
 *
 * Only the frontier is kept: the roots of the complete subtrees of the
 * present leaves, largest first; at most 64 hashes for any size.  Pure.
 */
#ifndef VAULT_MERKLE_H
#define VAULT_MERKLE_H

#include "base/span.h"

enum { MERKLE_HASH = 32, MERKLE_LEVELS = 64 };

struct merkle {
	uint64_t size;		/* leaves */
	uint8_t  node[MERKLE_LEVELS][MERKLE_HASH];
	unsigned nodes;		/* == number of one bits in size */
};

void merkle_init(struct merkle *m);

/* SHA-256(0x00 | line). */
void merkle_leaf(struct span line, uint8_t out[static 32]);

/* Adds the leaf of `line`. */
void merkle_add(struct merkle *m, struct span line);

/* The root hash; SHA-256("") for no leaves. */
void merkle_root(const struct merkle *m, uint8_t out[static 32]);

/* Takes a frontier as it was stored; ST_OK, or ST_CORRUPT where its length
 * does not fit `size`. */
MUST_CHECK enum status
merkle_load(struct merkle *m, uint64_t size, struct span frontier);

/* Borrows the frontier's bytes, for storing. */
struct span merkle_frontier(const struct merkle *m);

#endif
