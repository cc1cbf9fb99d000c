/* What entries of a CDA document point at in its narrative; see
 * cda_report.h. */
#include "input/cda_report.h"

#include <stdlib.h>

/* Bounds what a document can make us look at. */
enum { LOOKS_MAX = 20000, NODES_MOST = 256 };

struct cda_target {
	struct span id;
	const struct cda_node *node;
};

static int
by_id(const void *a, const void *b)
{
	const struct span *x = &((const struct cda_target *)a)->id;
	const struct span *y = &((const struct cda_target *)b)->id;
	int order = memcmp(x->ptr, y->ptr, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* See cda_report.h. */
struct cda_texts
cda_texts_of(struct hl7_context *c, const struct cda_node *body)
{
	struct cda_texts texts = { .looks_left = LOOKS_MAX };
	const struct cda_node *n;
	size_t most = 0;

	for (n = cda_after(body, body); n != NULL; n = cda_after(n, body))
		most += cda_attribute(n, "ID").len > 0;
	texts.targets = hl7_alloc(c, most, sizeof(*texts.targets));
	if (texts.targets == NULL)
		return texts;
	for (n = cda_after(body, body); n != NULL; n = cda_after(n, body)) {
		struct span id = cda_attribute(n, "ID");

		if (id.len > 0)
			texts.targets[texts.n++] = (struct cda_target){ id, n };
	}
	qsort(texts.targets, texts.n, sizeof(*texts.targets), by_id);
	return texts;
}

static bool
is_small(const struct cda_node *top)
{
	const struct cda_node *n = cda_after(top, top);
	unsigned nodes = 0;

	while (n != NULL && ++nodes <= NODES_MOST)
		n = cda_after(n, top);
	return n == NULL;
}

static const struct cda_node *
find(struct cda_texts *texts, struct span id)
{
	struct cda_target wanted = { .id = id };
	const struct cda_target *found;

	if (id.len == 0 || texts->n == 0 || texts->looks_left == 0)
		return NULL;
	texts->looks_left--;
	found = bsearch(&wanted, texts->targets, texts->n,
	    sizeof(*texts->targets), by_id);
	return found != NULL && is_small(found->node) ? found->node : NULL;
}

/* See cda_report.h. */
struct span
cda_said(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *text)
{
	struct span s = cda_prose(text, c->arena);
	struct span target = cda_attribute(cda_child(text, "reference"),
	    "value");

	if (s.len > 0 || target.len < 2 || target.ptr[0] != '#')
		return s;
	return cda_prose(find(texts, span_slice(target, 1, target.len)),
	    c->arena);
}
