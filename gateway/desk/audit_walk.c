#include "desk/audit_walk.h"

#include "crypto/digest.h"

static void
hash_node(const uint8_t left[static 32], const uint8_t right[static 32],
    uint8_t out[static 32])
{
	static const uint8_t node = 1;
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, (struct span){ &node, 1 });
	sha256_add(&h, (struct span){ left, 32 });
	sha256_add(&h, (struct span){ right, 32 });
	sha256_finish(&h, out);
}

/* See audit_walk.h. */
void
audit_walk_add(struct audit_walk *w, struct span line)
{
	static const uint8_t leaf = 0;
	struct sha256 h;
	uint8_t hash[32];
	unsigned level = 0;

	sha256_start(&h);
	sha256_add(&h, (struct span){ &leaf, 1 });
	sha256_add(&h, line);
	sha256_finish(&h, hash);
	/* As in counting in binary: a full tree beside another of the same
	 * size makes one of twice the size. */
	for (uint64_t n = w->size; n & 1; n >>= 1)
		hash_node(w->peak[level++], hash, hash);
	memcpy(w->peak[level], hash, sizeof(hash));
	w->size++;
}

/* See audit_walk.h. */
void
audit_walk_root(const struct audit_walk *w, uint8_t root[static 32])
{
	bool started = false;

	if (w->size == 0) {
		sha256((struct span){ 0 }, root);
		return;
	}
	for (unsigned level = 0; level < 64; level++) {
		if ((w->size >> level & 1) == 0)
			continue;
		if (started)
			hash_node(w->peak[level], root, root);
		else
			memcpy(root, w->peak[level], 32);
		started = true;
	}
}
