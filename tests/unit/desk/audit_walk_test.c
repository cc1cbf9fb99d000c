/* The tree against the definition of RFC 6962 section 2.1, written here a
 * second time by recursion, and against that RFC's well-known empty root. */
#include "desk/audit_walk.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "tap.h"

enum { LEAVES = 130 };

static char lines[LEAVES][8];

static void
hash_pair(const uint8_t *a, const uint8_t *b, uint8_t *out)
{
	uint8_t input[65] = { 1 };

	memcpy(input + 1, a, 32);
	memcpy(input + 33, b, 32);
	sha256((struct span){ input, sizeof(input) }, out);
}

/* MTH(D[from:to]) of RFC 6962. */
static void
tree_hash(size_t from, size_t to, uint8_t out[32])
{
	uint8_t left[32], right[32], leaf[9] = { 0 };
	size_t k = 1;

	if (to - from == 1) {
		memcpy(leaf + 1, lines[from], strlen(lines[from]));
		sha256((struct span){ leaf, 1 + strlen(lines[from]) }, out);
		return;
	}
	while (k * 2 < to - from)
		k *= 2;
	tree_hash(from, from + k, left);
	tree_hash(from + k, to, right);
	hash_pair(left, right, out);
}

static void
test_every_size(void)
{
	struct audit_walk w = { 0 };
	uint8_t got[32], want[32];
	int equal = 0;

	for (size_t n = 1; n <= LEAVES; n++) {
		audit_walk_add(&w, span_of(lines[n - 1]));
		audit_walk_root(&w, got);
		tree_hash(0, n, want);
		equal += memcmp(got, want, 32) == 0;
	}
	ok(equal == LEAVES, "the root of 1 to %d leaves", LEAVES);
}

static void
test_empty(void)
{
	static const uint8_t empty[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	struct audit_walk w = { 0 };
	uint8_t got[32];

	audit_walk_root(&w, got);
	ok(memcmp(got, empty, sizeof(empty)) == 0, "the root of nothing");
}

static void
test_an_edit_is_seen(void)
{
	struct audit_walk a = { 0 }, b = { 0 };
	uint8_t root_a[32], root_b[32];

	audit_walk_add(&a, span_of("one"));
	audit_walk_add(&a, span_of("two"));
	audit_walk_add(&b, span_of("two"));
	audit_walk_add(&b, span_of("one"));
	audit_walk_root(&a, root_a);
	audit_walk_root(&b, root_b);
	ok(memcmp(root_a, root_b, 32) != 0, "reordered records: another root");
}

int
main(void)
{
	for (size_t i = 0; i < LEAVES; i++)
		snprintf(lines[i], sizeof(lines[i]), "line%zu", i);
	test_every_size();
	test_empty();
	test_an_edit_is_seen();
	return done_testing();
}
