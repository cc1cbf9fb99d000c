/* Who did what, and the specimen; see fhir_report.h. */
#include "input/fhir_report.h"

/* A PractitionerRole stands for somebody or some place. */
static struct fhir_resource *
behind_role(struct fhir_context *c, struct fhir_resource *r, const char *key)
{
	if (r == NULL || !span_is(r->type, "PractitionerRole"))
		return r;
	r->is_read = true;
	return fhir_follow(c, r, tree_member(r->node, key),
	    FHIR_MAY_BE_ELSEWHERE);
}

static struct fhir_resource *
first_of_type(struct fhir_context *c, const struct fhir_resource *r,
    const char *key, const char *type)
{
	const struct tree_node *node = tree_first(tree_member(r->node, key));
	const char *role = strcmp(type, "Organization") == 0 ? "organization"
	    : "practitioner";
	struct fhir_resource *who;

	for (; node != NULL && fhir_goes_on(c); node = node->next) {
		who = behind_role(c, fhir_follow(c, r, node,
		    FHIR_MAY_BE_ELSEWHERE), role);
		if (who == NULL || !span_is(who->type, type))
			continue;
		who->is_read = true;
		return who;
	}
	return NULL;
}

/* See fhir_report.h. */
struct person_name
fhir_professional(struct fhir_context *c, const struct fhir_resource *r,
    const char *key)
{
	struct fhir_resource *who = first_of_type(c, r, key, "Practitioner");

	return fhir_human_name(c, who == NULL ? NULL :
	    tree_first(tree_member(who->node, "name")));
}

/* See fhir_report.h. */
struct span
fhir_organization(struct fhir_context *c, const struct fhir_resource *r,
    const char *key)
{
	struct fhir_resource *who = first_of_type(c, r, key, "Organization");

	return who == NULL ? (struct span){ 0 } :
	    fhir_text_of(c, who->node, "name");
}

static struct fhir_time
collected_of(struct fhir_context *c, const struct tree_node *specimen)
{
	const struct tree_node *node = tree_member(specimen, "collection");

	if (tree_member(node, "collectedDateTime") != NULL)
		return fhir_when(c, tree_member(node, "collectedDateTime"),
		    NULL);
	return fhir_when(c, tree_member(tree_member(node, "collectedPeriod"),
	    "start"), NULL);
}

/* See fhir_report.h. */
bool
fhir_specimen_read(struct fhir_context *c, const struct fhir_resource *from,
    const struct tree_node *reference, struct specimen *out)
{
	struct fhir_resource *r = fhir_follow(c, from, reference,
	    FHIR_MAY_BE_ELSEWHERE);
	const struct tree_node *id;

	if (r == NULL || !span_is(r->type, "Specimen"))
		return false;
	r->is_read = true;
	id = tree_member(r->node, "accessionIdentifier");
	if (id == NULL)
		id = tree_first(tree_member(r->node, "identifier"));
	*out = (struct specimen){
		.type = fhir_concept_of(c, tree_member(r->node, "type")),
		.collected = collected_of(c, r->node),
		.identifier = fhir_text_of(c, id, "value"),
	};
	out->notes = fhir_annotations(c, tree_member(r->node, "note"),
	    &out->n_notes);
	return true;
}
