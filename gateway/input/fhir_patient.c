/* Patient; see fhir_report.h. */
#include "input/fhir_report.h"

#include "fhir/check.h"
#include "wire/ins.h"

static const struct tree_node *
name_of_use(const struct tree_node *names, const char *use)
{
	const struct tree_node *name = tree_first(names);

	while (name != NULL && !span_is(tree_text_of(name, "use"), use))
		name = name->next;
	return name;
}

/* The official one is the name at birth in France (FR Core), the usual one
 * the name in use; without a use, the first. */
static void
read_names(struct fhir_context *c, const struct tree_node *names,
    struct patient *patient)
{
	const struct tree_node *birth = name_of_use(names, "official");
	const struct tree_node *usual = name_of_use(names, "usual");

	if (birth == NULL)
		birth = name_of_use(names, "maiden");
	if (birth == NULL)
		birth = tree_first(names);
	patient->name = fhir_human_name(c, birth);
	if (usual != NULL && usual != birth)
		patient->used_name = fhir_human_name(c, usual);
}

/* A national identity never gets further than here.  One made for tests does
 * not belong on a source for patients, nor the reverse. */
static bool
is_national(struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *identifier)
{
	static const char oid[] = "urn:oid:";
	struct span system = tree_text_of(identifier, "system");
	enum ins_kind kind = INS_NONE;

	if (span_is(span_slice(system, 0, strlen(oid)), oid))
		kind = ins_kind_of(span_slice(system, strlen(oid), system.len));
	if (kind == INS_TEST && c->source->production)
		fhir_break(c, "a test identity on a source set to production",
		    r, ".identifier");
	if (kind == INS_PRODUCTION && !c->source->production)
		fhir_break(c, "a real identity on a source set to test", r,
		    ".identifier");
	return kind != INS_NONE ||
	    fhir_has_code(tree_member(identifier, "type"), NULL, "INS-NIR") ||
	    fhir_has_code(tree_member(identifier, "type"), NULL, "INS-NIA") ||
	    fhir_has_code(tree_member(identifier, "type"), NULL, "NH") ||
	    fhir_has_code(tree_member(identifier, "type"), NULL, "SS");
}

static bool
type_is(const struct tree_node *identifier, struct span wanted)
{
	const struct tree_node *coding = tree_first(tree_member(
	    tree_member(identifier, "type"), "coding"));

	for (; coding != NULL; coding = coding->next)
		if (span_equal(tree_text_of(coding, "code"), wanted))
			return true;
	return false;
}

/* Where in the source's patient_identifiers its type stands; the end of the
 * list for a type that is not in it. */
static size_t
rank_of(const struct fhir_context *c, const struct tree_node *identifier)
{
	struct span list = span_of(c->source->patient_identifiers);
	size_t rank = 0;

	for (; list.len > 0; rank++) {
		const uint8_t *comma = memchr(list.ptr, ',', list.len);
		size_t len = comma == NULL ? list.len :
		    (size_t)(comma - list.ptr);
		struct span type = span_slice(list, 0, len);

		while (type.len > 0 && type.ptr[0] == ' ')
			type = span_slice(type, 1, type.len);
		if (type_is(identifier, type))
			return rank;
		list = span_slice(list, len + 1, list.len);
	}
	return rank;
}

static void
read_identifier(struct fhir_build *b)
{
	struct fhir_context *c = b->c;
	const struct tree_node *best = NULL, *id;

	id = tree_first(tree_member(b->subject->node, "identifier"));
	for (; id != NULL; id = id->next) {
		if (is_national(c, b->subject, id) ||
		    tree_text_of(id, "value").len == 0 ||
		    span_is(tree_text_of(id, "system"),
		    c->source->card_system))
			continue;
		if (best == NULL || rank_of(c, id) < rank_of(c, best))
			best = id;
	}
	b->report->patient_id = fhir_text_of(c, best, "value");
	b->report->patient_id_kind = fhir_text_of(c, best, "system");
}

static enum sex
sex_of(struct span gender)
{
	if (span_is(gender, "female"))
		return SEX_FEMALE;
	if (span_is(gender, "male"))
		return SEX_MALE;
	return span_is(gender, "other") ? SEX_OTHER : SEX_UNKNOWN;
}

/* See fhir_report.h. */
void
fhir_patient_read(struct fhir_build *b)
{
	struct fhir_context *c = b->c;
	const struct tree_node *node = b->subject->node;
	struct patient *patient = &b->report->patient;

	b->subject->is_read = true;
	fhir_labels_read(b, b->subject);
	read_names(c, tree_member(node, "name"), patient);
	patient->birth_date = fhir_text_of(c, node, "birthDate");
	if (!fhir_is_date(patient->birth_date)) {
		if (patient->birth_date.len > 0)
			fhir_refuse(c, 400, "value", "not a date", b->subject,
			    ".birthDate");
		patient->birth_date = (struct span){ 0 };
	}
	patient->sex = sex_of(tree_text_of(node, "gender"));
	read_identifier(b);
	if (b->report->patient_id.len + patient->name.family.len == 0)
		fhir_refuse(c, 422, "required",
		    "the patient has neither an identifier nor a name",
		    b->subject, ".identifier");
}
