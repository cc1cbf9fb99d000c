/* DiagnosticReport.result: which Observations, and in which panels; see
 * fhir_report.h.  A list instead of recursion, so that hasMember may be as
 * deep as it likes, and go in circles. */
#include "input/fhir_report.h"

/* --- which ones ------------------------------------------------------------ */

static void
check_subject(struct fhir_build *b, const struct fhir_resource *r)
{
	struct fhir_resource *subject = fhir_follow(b->c, r,
	    tree_member(r->node, "subject"), FHIR_MUST_BE_HERE);

	if (subject != NULL && subject != b->subject)
		fhir_break(b->c, "an Observation of another subject than its "
		    "report", r, ".subject");
}

static void
push(struct fhir_build *b, struct fhir_resource *r, int parent)
{
	if (!span_is(r->type, "Observation")) {
		fhir_break(b->c, "a result that is no Observation", r, "");
		return;
	}
	if (r->taken_by == b->number)
		return;
	r->taken_by = b->number;
	r->is_read = true;
	check_subject(b, r);
	fhir_labels_read(b, r);
	b->items[b->n_items++] = (struct fhir_item){ r, parent, -1 };
}

static void
push_members(struct fhir_build *b, int parent)
{
	struct fhir_resource *r = b->items[parent].resource, *member;
	const struct tree_node *node = tree_first(tree_member(r->node,
	    "hasMember"));

	for (; node != NULL && fhir_goes_on(b->c); node = node->next) {
		member = fhir_follow(b->c, r, node, FHIR_MUST_BE_HERE);
		/* A QuestionnaireResponse may be one too. */
		if (member != NULL && span_is(member->type, "Observation"))
			push(b, member, parent);
	}
}

/* Some list a panel's members beside the panel: those come under it. */
static void
push_results(struct fhir_build *b, bool members)
{
	const struct tree_node *node = tree_first(tree_member(
	    b->diagnostic->node, "result"));
	size_t done = b->n_items;

	for (; node != NULL && fhir_goes_on(b->c); node = node->next) {
		struct fhir_resource *r = fhir_follow(b->c, b->diagnostic,
		    node, FHIR_MUST_BE_HERE);

		if (r != NULL && r->is_member == members)
			push(b, r, -1);
	}
	for (; done < b->n_items && fhir_goes_on(b->c); done++)
		push_members(b, (int)done);
}

/* --- how much room --------------------------------------------------------- */

static const struct tree_node *
array_of(const struct fhir_item *item, const char *key)
{
	const struct tree_node *node = tree_member(item->resource->node, key);

	return tree_is(node, TREE_ARRAY) ? node : NULL;
}

static bool
is_group(const struct fhir_item *item)
{
	return tree_first(array_of(item, "hasMember")) != NULL ||
	    tree_first(array_of(item, "component")) != NULL;
}

/* A value of its own beside members or components. */
static bool
has_value(const struct fhir_item *item)
{
	const struct tree_node *m = tree_first(item->resource->node);

	for (; m != NULL; m = m->next)
		if ((m->key.len > 5 && memcmp(m->key.ptr, "value", 5) == 0) ||
		    span_is(m->key, "dataAbsentReason"))
			return true;
	return false;
}

static size_t
lines_of(const struct fhir_item *item)
{
	const struct tree_node *components = array_of(item, "component");

	if (!is_group(item))
		return 1;
	return (has_value(item) ? 1u : 0u) +
	    (components == NULL ? 0u : components->n);
}

/* --- panels ---------------------------------------------------------------- */

struct filler {
	struct fhir_build *b;
	struct observation *room;	/* for all that are still to come */
};

static void
add_line(struct filler *f, struct panel *p, const struct fhir_resource *owner,
    const struct tree_node *node)
{
	if (p->n_observations == 0)
		p->observations = f->room;
	fhir_observation_read(f->b, owner, node, p, f->room++);
	p->n_observations++;
}

/* What all lines of a panel have in common, from the first of them. */
static void
describe(struct fhir_build *b, struct panel *p, const struct fhir_resource *r)
{
	const struct tree_node *node = r->node;

	p->has_specimen = fhir_specimen_read(b->c, r, tree_member(node,
	    "specimen"), &p->specimen);
	if (!p->has_specimen && b->has_specimen) {
		p->has_specimen = true;
		p->specimen = b->specimen;
	}
	if (tree_member(node, "issued") != NULL)
		p->issued = fhir_when(b->c, tree_member(node, "issued"), NULL);
	p->validator = b->interpreter;
	if (p->validator.family.len == 0)
		p->validator = fhir_professional(b->c, r, "performer");
}

static struct panel *
new_panel(struct fhir_build *b)
{
	struct report *report = b->report;
	struct panel *p = &report->panels[report->n_panels];

	/* The first one has what the DiagnosticReport says. */
	*p = report->panels[0];
	p->parent_panel = p->parent_observation = -1;
	p->observations = NULL;
	p->n_observations = 0;
	p->notes = NULL;
	p->n_notes = 0;
	report->n_panels++;
	return p;
}

/* The lines that are no group, under `parent`. */
static void
add_plain(struct filler *f, struct panel *p, int parent)
{
	struct fhir_build *b = f->b;

	for (size_t i = 0; i < b->n_items && fhir_goes_on(b->c); i++) {
		struct fhir_item *item = &b->items[i];

		if (item->parent != parent || is_group(item))
			continue;
		if (p->n_observations == 0 && parent < 0)
			describe(b, p, item->resource);
		add_line(f, p, item->resource, item->resource->node);
	}
}

static void
add_group(struct filler *f, int index)
{
	struct fhir_build *b = f->b;
	struct fhir_item *item = &b->items[index];
	const struct fhir_resource *r = item->resource;
	const struct tree_node *component = tree_first(array_of(item,
	    "component"));
	struct panel *p = new_panel(b);

	item->panel = (int)b->report->n_panels - 1;
	if (item->parent >= 0)
		p->parent_panel = b->items[item->parent].panel;
	p->code = fhir_concept_of(b->c, tree_member(r->node, "code"));
	p->status = fhir_observation_status(r->node);
	p->effective = fhir_when(b->c, tree_member(r->node,
	    "effectiveDateTime"), NULL);
	p->notes = fhir_annotations(b->c, tree_member(r->node, "note"),
	    &p->n_notes);
	describe(b, p, r);
	fhir_observation_judge_group(b, r, p);
	if (has_value(item))
		add_line(f, p, r, r->node);
	for (; component != NULL && fhir_goes_on(b->c);
	    component = component->next)
		add_line(f, p, r, component);
	add_plain(f, p, index);
}

/* See fhir_report.h. */
void
fhir_results_read(struct fhir_build *b)
{
	struct panel first = b->report->panels[0];
	struct filler f = { .b = b };
	size_t n_lines = 0, n_groups = 0;

	push_results(b, false);
	push_results(b, true);
	for (size_t i = 0; i < b->n_items; i++) {
		n_lines += lines_of(&b->items[i]);
		n_groups += is_group(&b->items[i]);
	}
	f.room = fhir_alloc(b->c, n_lines, sizeof(*f.room));
	b->report->panels = fhir_alloc(b->c, n_groups + 1,
	    sizeof(*b->report->panels));
	if (b->report->panels == NULL || (n_lines > 0 && f.room == NULL))
		return;
	b->report->panels[0] = first;
	add_plain(&f, &b->report->panels[0], -1);
	for (size_t i = 0; i < b->n_items && fhir_goes_on(b->c); i++)
		if (is_group(&b->items[i]))
			add_group(&f, (int)i);
}
