/* One Observation, or one of its components; see fhir_report.h. */
#include "input/fhir_report.h"
#include "input/fhir_value.h"

/* ObservationStatus, and what HL70085 calls it: the release matrix is written
 * in that table's words. */
static const struct {
	const char *code, *obx_11;
	enum observation_status status;
} statuses[] = {
	{ "registered", "I", OBSERVATION_REGISTERED },
	{ "preliminary", "P", OBSERVATION_PRELIMINARY },
	{ "final", "F", OBSERVATION_FINAL },
	{ "amended", "A", OBSERVATION_AMENDED },
	{ "corrected", "C", OBSERVATION_CORRECTED },
	{ "cancelled", "X", OBSERVATION_CANCELLED },
	{ "entered-in-error", "D", OBSERVATION_ENTERED_IN_ERROR },
};

/* See fhir_report.h. */
enum observation_status
fhir_observation_status(const struct tree_node *node)
{
	struct span code = tree_text_of(node, "status");

	for (size_t i = 0; i < COUNT(statuses); i++)
		if (span_is(code, statuses[i].code))
			return statuses[i].status;
	return OBSERVATION_UNKNOWN;
}

/* Any other word is withheld as unknown, and so is "unknown". */
static struct span
obx_11_of(const struct tree_node *node)
{
	struct span code = tree_text_of(node, "status");

	for (size_t i = 0; i < COUNT(statuses); i++)
		if (span_is(code, statuses[i].code))
			return span_of(statuses[i].obx_11);
	return span_of("?");
}

static void
read_flags(struct fhir_build *b, const struct tree_node *array,
    struct observation *o)
{
	const struct tree_node *node = tree_first(array);

	if (!tree_is(array, TREE_ARRAY))
		return;
	o->flags = fhir_alloc(b->c, array->n, sizeof(*o->flags));
	for (; node != NULL && o->flags != NULL; node = node->next) {
		struct coded *flag = &o->flags[o->n_flags];

		*flag = fhir_concept_of(b->c, node);
		/* The writer knows a flag by its code; words alone are one
		 * too. */
		if (flag->code.len == 0)
			flag->code = flag->text;
		o->n_flags += flag->code.len > 0;
	}
}

/* The notes, and the words of a dataAbsentReason. */
static void
read_notes(struct fhir_build *b, const struct tree_node *node,
    struct span reason, struct observation *o)
{
	struct note *more;

	o->notes = fhir_annotations(b->c, tree_member(node, "note"),
	    &o->n_notes);
	if (reason.len == 0)
		return;
	more = fhir_alloc(b->c, o->n_notes + 1, sizeof(*more));
	if (more == NULL)
		return;
	if (o->n_notes > 0)
		memcpy(more, o->notes, o->n_notes * sizeof(*more));
	more[o->n_notes++].text = reason;
	o->notes = more;
}

static struct fhir_time
effective_of(struct fhir_build *b, const struct tree_node *node)
{
	static const char *const keys[] = { "effectiveDateTime",
	    "effectiveInstant" };

	for (size_t i = 0; i < COUNT(keys); i++)
		if (tree_member(node, keys[i]) != NULL)
			return fhir_when(b->c, tree_member(node, keys[i]), NULL);
	return fhir_when(b->c, tree_member(tree_member(node,
	    "effectivePeriod"), "start"), NULL);
}

/* --- release --------------------------------------------------------------- */

static struct release_line
line_of(const struct fhir_build *b, const struct fhir_resource *owner,
    const struct panel *panel, const struct observation *o)
{
	return (struct release_line){
		.has_result = true,
		.result_status = obx_11_of(owner->node),
		.order_status = b->order_status,
		.flags = o->flags, .n_flags = o->n_flags,
		.genetic = release_is_genetic(panel->section, &o->code) ||
		    release_is_genetic(panel->section, &panel->code) ||
		    release_is_genetic(panel->section, &o->value.coded),
	};
}

static void
judge(struct fhir_build *b, const struct fhir_resource *owner,
    const struct panel *panel, struct observation *o)
{
	struct release_line line = line_of(b, owner, panel, o);
	enum verdict verdict = release_judge(&line, &o->release_reason);

	release_add(&b->sum, &line);
	o->release = release_of(verdict);
	o->holds = release_holds(&line);
	if (verdict != VERDICT_VOID && verdict != VERDICT_WRONG)
		return;
	/* What was withdrawn may not be read off what is left of it. */
	o->value = (struct value){ .kind = VALUE_ABSENT };
	o->flags = NULL;
	o->n_flags = 0;
	o->notes = NULL;
	o->n_notes = 0;
}

/* See fhir_report.h. */
void
fhir_observation_judge_group(struct fhir_build *b,
    const struct fhir_resource *r, const struct panel *panel)
{
	struct observation o = { .code = panel->code };
	struct release_line line = line_of(b, r, panel, &o);

	/* Its members speak for themselves; it only adds what is stricter. */
	if (panel->status != OBSERVATION_FINAL &&
	    panel->status != OBSERVATION_AMENDED &&
	    panel->status != OBSERVATION_CORRECTED)
		release_add(&b->sum, &line);
}

/* --- the whole ------------------------------------------------------------- */

/* See fhir_report.h. */
void
fhir_observation_read(struct fhir_build *b, const struct fhir_resource *owner,
    const struct tree_node *node, struct panel *panel, struct observation *o)
{
	struct fhir_context *c = b->c;
	struct span reason;

	o->code = fhir_concept_of(c, tree_member(node, "code"));
	if (o->code.code.len + o->code.display.len + o->code.text.len == 0)
		fhir_refuse(c, 422, "required", "an Observation without code",
		    owner, ".code");
	/* The resource's own was looked at with all others. */
	if (tree_member(node, "modifierExtension") != NULL)
		fhir_refuse(c, 422, "extension",
		    "a modifierExtension is not known here", owner,
		    ".component.modifierExtension");
	o->status = fhir_observation_status(owner->node);
	o->effective = effective_of(b, owner->node);
	if (o->effective.text.len == 0)
		o->effective = panel->effective;
	reason = fhir_value_read(c, owner, node, o);
	read_flags(b, tree_member(node, "interpretation"), o);
	fhir_ranges_read(c, owner, tree_member(node, "referenceRange"), o);
	read_notes(b, node, reason, o);
	if (tree_member(owner->node, "method") != NULL)
		o->method = fhir_concept_of(c, tree_member(owner->node,
		    "method"));
	judge(b, owner, panel, o);
}
