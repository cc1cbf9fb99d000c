#include "wire/cda.h"

/* See cda.h. */
bool
cda_is_type(struct span s, const char *text)
{
	if (s.len != strlen(text))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c - 'A' + 'a');
		if (c != (uint8_t)text[i])
			return false;
	}
	return true;
}

/* See cda.h. */
struct cda_id
cda_id_of(const struct cda_node *n)
{
	return (struct cda_id){ cda_attribute(n, "root"),
	    cda_attribute(n, "extension") };
}

/* See cda.h. */
bool
cda_same_id(struct cda_id a, struct cda_id b)
{
	return span_equal(a.root, b.root) &&
	    span_equal(a.extension, b.extension);
}

/* See cda.h. */
struct span
cda_time(const struct cda_node *n)
{
	struct span value = cda_attribute(n, "value");

	return value.len > 0 ? value : cda_attribute(cda_child(n, "low"),
	    "value");
}

/* --- versions ---------------------------------------------------------------- */

/* 0 where it is none: such a document has no order by number. */
static uint64_t
number_of(struct span digits)
{
	uint64_t n = 0;

	if (digits.len > 18)
		return 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(digits.ptr[i] - '0');
	}
	return n;
}

static void
read_versions(const struct cda_node *document, struct cda *out)
{
	const struct cda_node *related = cda_child(document, "relatedDocument");
	const struct cda_node *parent;

	out->id = cda_id_of(cda_child(document, "id"));
	out->set_id = cda_id_of(cda_child(document, "setId"));
	out->version_number = number_of(cda_attribute(cda_child(document,
	    "versionNumber"), "value"));
	for (; related != NULL; related = cda_again(related)) {
		if (!span_is(cda_attribute(related, "typeCode"), "RPLC"))
			continue;
		parent = cda_child(related, "parentDocument");
		out->replaces = true;
		out->parent_id = cda_id_of(cda_child(parent, "id"));
		out->parent_set_id = cda_id_of(cda_child(parent, "setId"));
	}
}

/* --- the patient -------------------------------------------------------------- */

/* The child of that name whose qualifier is `wanted`; NULL: the first that
 * has none. */
static struct span
name_part(const struct cda_node *name, const char *part, const char *wanted)
{
	const struct cda_node *n = cda_child(name, part);

	for (; n != NULL; n = cda_again(n)) {
		struct span qualifier = cda_attribute(n, "qualifier");

		if (wanted == NULL ? qualifier.len == 0
		    : span_is(qualifier, wanted))
			return cda_text(n);
	}
	return (struct span){ 0 };
}

/* The best there is, by the qualifiers in the order given. */
static struct span
best_part(const struct cda_node *name, const char *part,
    const char *const qualifiers[2])
{
	struct span s = name_part(name, part, qualifiers[0]);

	return s.len > 0 ? s : name_part(name, part, qualifiers[1]);
}

static void
read_name(const struct cda_node *name, struct cda *out)
{
	static const char *const at_birth[] = { "BR", NULL };
	static const char *const in_use[] = { "SP", "CL" };

	out->birth_name = (struct cda_name){
		.family = best_part(name, "family", at_birth),
		.given = best_part(name, "given", at_birth),
		.prefix = cda_text(cda_child(name, "prefix")),
	};
	out->used_name.family = best_part(name, "family", in_use);
	out->used_name.given = name_part(name, "given", "CL");
	if (out->birth_name.family.len == 0) {
		out->birth_name.family = out->used_name.family;
		out->used_name = (struct cda_name){ .family = { 0 } };
	}
}

static enum status
read_patient(const struct cda_node *role, struct cda *out)
{
	const struct cda_node *patient = cda_child(role, "patient");
	const struct cda_node *id = cda_child(role, "id");

	for (; id != NULL; id = cda_again(id)) {
		struct cda_id its = cda_id_of(id);

		if (its.root.len == 0)
			continue;
		if (out->n_patient_ids == CDA_IDS_MAX)
			return ST_TOO_BIG;
		out->patient_ids[out->n_patient_ids++] = its;
	}
	read_name(cda_child(patient, "name"), out);
	out->birth_time = cda_time(cda_child(patient, "birthTime"));
	out->sex = cda_attribute(cda_child(patient,
	    "administrativeGenderCode"), "code");
	return ST_OK;
}

/* --- the body ------------------------------------------------------------------ */

static enum status
add_media(const struct cda_node *ed, struct cda *out)
{
	struct span base64 = cda_text(ed);

	if (base64.len == 0)
		return ST_OK;	/* a reference: nothing is fetched */
	if (!cda_is_type(cda_attribute(ed, "mediaType"), "application/pdf")) {
		out->has_other_media = true;
		return ST_OK;
	}
	if (out->n_pdfs == CDA_MEDIA_MAX)
		return ST_TOO_BIG;
	out->pdfs[out->n_pdfs++].base64 = base64;
	return ST_OK;
}

static enum status
read_body(const struct cda_node *document, struct cda *out)
{
	const struct cda_node *component = cda_child(document, "component");
	const struct cda_node *n;

	out->body = cda_child(component, "structuredBody");
	for (n = cda_after(component, component); n != NULL;
	    n = cda_after(n, component)) {
		if ((cda_is(n, "text") && cda_is(n->parent, "nonXMLBody")) ||
		    (cda_is(n, "value") && cda_is(n->parent,
		    "observationMedia")))
			TRY(add_media(n, out));
	}
	return ST_OK;
}

static struct span
organization_of(const struct cda_node *document)
{
	struct span name = cda_text(cda_at(document,
	    "author/assignedAuthor/representedOrganization/name"));

	return name.len > 0 ? name : cda_text(cda_at(document,
	    "custodian/assignedCustodian/representedCustodianOrganization/"
	    "name"));
}

/* See cda.h. */
enum status
cda_read(const struct cda_node *root, struct cda *out)
{
	const struct cda_node *role = cda_at(root, "recordTarget/patientRole");

	*out = (struct cda){ .document = root };
	if (!cda_is(root, "ClinicalDocument") || role == NULL)
		return ST_INVALID;
	read_versions(root, out);
	out->effective_time = cda_time(cda_child(root, "effectiveTime"));
	out->language = cda_attribute(cda_child(root, "languageCode"), "code");
	out->title = cda_text(cda_child(root, "title"));
	out->organization = organization_of(root);
	TRY(read_patient(role, out));
	return read_body(root, out);
}
