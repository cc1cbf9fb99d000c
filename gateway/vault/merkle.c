#include "vault/merkle.h"

#include "crypto/digest.h"

/* See merkle.h. */
void
merkle_init(struct merkle *m)
{
	*m = (struct merkle){ 0 };
}

/* See merkle.h. */
void
merkle_leaf(struct span line, uint8_t out[static 32])
{
	static const uint8_t leaf = 0;
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, (struct span){ &leaf, 1 });
	sha256_add(&h, line);
	sha256_finish(&h, out);
}

static void
join(const uint8_t *left, const uint8_t *right, uint8_t *out)
{
	static const uint8_t node = 1;
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, (struct span){ &node, 1 });
	sha256_add(&h, (struct span){ left, MERKLE_HASH });
	sha256_add(&h, (struct span){ right, MERKLE_HASH });
	sha256_finish(&h, out);
}

/* See merkle.h.  Adding a leaf carries like adding one to a number. */
void
merkle_add(struct merkle *m, struct span line)
{
	uint64_t carry = m->size;

	merkle_leaf(line, m->node[m->nodes++]);
	for (; (carry & 1) != 0; carry >>= 1, m->nodes--)
		join(m->node[m->nodes - 2], m->node[m->nodes - 1],
		    m->node[m->nodes - 2]);
	m->size++;
}

/* See merkle.h. */
void
merkle_root(const struct merkle *m, uint8_t out[static 32])
{
	unsigned i = m->nodes;

	if (i == 0) {
		sha256((struct span){ NULL, 0 }, out);
		return;
	}
	memcpy(out, m->node[--i], MERKLE_HASH);
	while (i > 0)
		join(m->node[--i], out, out);
}

/* See merkle.h. */
enum status
merkle_load(struct merkle *m, uint64_t size, struct span frontier)
{
	unsigned ones = 0;

	for (uint64_t rest = size; rest != 0; rest &= rest - 1)
		ones++;
	if (frontier.len != (size_t)ones * MERKLE_HASH)
		return ST_CORRUPT;
	merkle_init(m);
	m->size = size;
	m->nodes = ones;
	if (ones > 0)
		memcpy(m->node, frontier.ptr, frontier.len);
	return ST_OK;
}

/* See merkle.h. */
struct span
merkle_frontier(const struct merkle *m)
{
	return (struct span){ m->node[0], (size_t)m->nodes * MERKLE_HASH };
}
