/*
 * An XML document to a tree and a CDA head.  The first byte says where it is
 * cut in two.  Invariants: cuts change nothing, no text has a NUL or is no
 * UTF-8, nothing is deeper or longer than the header says.
 */
#include "wire/cda.h"

#include <stdlib.h>

enum { ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint8_t salt[CDA_SALT_BYTES] = { 1, 2, 3 };

static enum status
read_tree(struct span xml, size_t cut, struct arena *arena,
    struct cda_tree *tree)
{
	TRY(cda_tree_start(tree, arena, xml.len, salt));
	TRY(cda_tree_feed(tree, span_slice(xml, 0, cut)));
	TRY(cda_tree_feed(tree, span_slice(xml, cut, xml.len)));
	return cda_tree_end(tree);
}

/* A number that every part of the tree changes. */
static uint64_t
sum_of(const struct cda_node *root)
{
	const struct cda_node *n;
	uint64_t sum = 0;

	for (n = root; n != NULL; n = cda_after(n, root)) {
		sum = sum * 31 + n->name.len + 1;
		for (size_t i = 0; i < n->text.len; i++) {
			if (n->text.ptr[i] == 0)
				abort();
			sum = sum * 31 + n->text.ptr[i];
		}
		for (struct cda_attribute *a = n->attributes; a != NULL;
		    a = a->next)
			sum = sum * 31 + a->name.len + a->value.len * 7;
	}
	return sum;
}

static void
check_head(const struct cda_node *root, struct arena *arena)
{
	struct span prose;
	struct cda cda;

	if (cda_read(root, &cda) != ST_OK)
		return;
	if (cda.n_patient_ids > CDA_IDS_MAX || cda.n_pdfs > CDA_MEDIA_MAX)
		abort();
	for (size_t i = 0; i < cda.n_pdfs; i++)
		if (cda.pdfs[i].base64.len == 0)
			abort();
	prose = cda_prose(root, arena);
	for (size_t i = 1; i < prose.len; i++)
		if (prose.ptr[i] == ' ' && prose.ptr[i - 1] == ' ')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span xml = span_slice((struct span){ data, len }, 1, len);
	size_t cut = len == 0 ? 0 : data[0] * xml.len / 255;
	struct cda_tree whole, cut_tree;
	struct arena a, b;
	enum status st;

	arena_init(&a, ARENA_BYTES);
	arena_init(&b, ARENA_BYTES);
	st = read_tree(xml, xml.len, &a, &whole);
	if ((st != ST_OK && whole.why == NULL) || whole.depth > CDA_DEPTH_MAX)
		abort();
	if (read_tree(xml, cut, &b, &cut_tree) == ST_OK && st != ST_OK &&
	    st != ST_TOO_BIG)
		abort();
	if (st == ST_OK && cut_tree.failed == ST_OK &&
	    sum_of(whole.root) != sum_of(cut_tree.root))
		abort();
	if (st == ST_OK)
		check_head(whole.root, &a);
	arena_clear(&a);
	arena_clear(&b);
	return 0;
}
