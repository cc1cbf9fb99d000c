#include "input/fhir_input.h"

#include "crypto/digest.h"
#include "input/fhir_answer.h"
#include "input/fhir_report.h"

enum { REPORTS_MAX = 64 };	/* DELIVERY_REPORTS_MOST */

/* --- reading the Bundle ---------------------------------------------------- */

static void
read_tree(struct fhir_context *c, struct span bytes)
{
	size_t at = 0;

	switch (tree_read(bytes, c->arena, &c->bundle, &at)) {
	case ST_OK:
		break;
	case ST_EXISTS:
		fhir_refuse(c, 400, "structure",
		    "an object has the same key twice", NULL, "");
		break;
	case ST_TOO_BIG:
		fhir_refuse(c, 413, "too-costly",
		    "too deep, too many values, or too much memory", NULL, "");
		break;
	default:
		fhir_refuse(c, 400, "structure", "not JSON in UTF-8", NULL, "");
		break;
	}
}

/* True: a transaction. */
static bool
read_type(struct fhir_context *c, bool document_only)
{
	struct span type = tree_text_of(c->bundle, "type");
	bool transaction = span_is(type, "transaction");

	if (!span_is(tree_text_of(c->bundle, "resourceType"), "Bundle"))
		fhir_refuse(c, 400, "structure", "not a FHIR Bundle", NULL,
		    "");
	else if (!transaction && !span_is(type, "document"))
		fhir_refuse(c, 422, "not-supported",
		    "the Bundle is neither a transaction nor a document",
		    NULL, "Bundle.type");
	else if (transaction && document_only)
		fhir_refuse(c, 422, "not-supported",
		    "a transaction is posted to the base", NULL, "Bundle.type");
	return transaction;
}

/* bdl-11 */
static void
check_document(struct fhir_context *c)
{
	if (!span_is(c->resources[0].type, "Composition"))
		fhir_break(c, "a document starts with its Composition (bdl-11)",
		    &c->resources[0], "");
	else if (fhir_next_of_type(c, &c->resources[0], "Composition") != NULL)
		fhir_break(c, "a document with two Compositions", NULL,
		    "Bundle.entry");
}

static struct fhir_resource *
only_patient(struct fhir_context *c)
{
	struct fhir_resource *patient = fhir_next_of_type(c, NULL, "Patient");

	if (patient == NULL)
		fhir_refuse(c, 422, "required", "no Patient in the Bundle",
		    NULL, "Bundle.entry");
	else if (fhir_next_of_type(c, patient, "Patient") != NULL)
		fhir_break(c, "more than one Patient in the Bundle",
		    fhir_next_of_type(c, patient, "Patient"), "");
	return patient;
}

static void
mark_members(struct fhir_context *c)
{
	struct fhir_resource *r = NULL, *member;
	const struct tree_node *node;

	while ((r = fhir_next_of_type(c, r, "Observation")) != NULL) {
		node = tree_first(tree_member(r->node, "hasMember"));
		for (; node != NULL && fhir_goes_on(c); node = node->next) {
			member = fhir_follow(c, r, node, FHIR_MUST_BE_HERE);
			if (member != NULL)
				member->is_member = true;
		}
	}
}

/* --- reports --------------------------------------------------------------- */

static size_t
count(struct fhir_context *c, const char *type)
{
	struct fhir_resource *r = NULL;
	size_t n = 0;

	while ((r = fhir_next_of_type(c, r, type)) != NULL)
		n++;
	return n;
}

static void
read_reports(struct fhir_context *c, struct parsed *out)
{
	struct fhir_resource *patient = only_patient(c), *r = NULL;
	size_t n = count(c, "DiagnosticReport");
	struct fhir_item *items;

	if (n == 0)
		fhir_refuse(c, 422, "required",
		    "no DiagnosticReport in the Bundle", NULL, "Bundle.entry");
	if (n > REPORTS_MAX)
		fhir_refuse(c, 413, "too-costly",
		    "more than 64 DiagnosticReports", NULL, "Bundle.entry");
	mark_members(c);
	if (!fhir_goes_on(c))
		return;
	out->reports = fhir_alloc(c, n, sizeof(*out->reports));
	items = fhir_alloc(c, c->n_resources, sizeof(*items));
	while (fhir_goes_on(c) &&
	    (r = fhir_next_of_type(c, r, "DiagnosticReport")) != NULL) {
		struct fhir_build b = { .c = c, .diagnostic = r,
		    .subject = patient, .items = items,
		    .report = &out->reports[out->n_reports],
		    .number = (unsigned)out->n_reports + 1 };

		fhir_report_read(&b);
		out->n_reports++;
	}
}

/* Types that say nothing a patient would miss. */
static bool
is_context(struct span type)
{
	static const char *const types[] = {
		"Composition", "Device", "Encounter", "Location",
		"Organization", "Patient", "Practitioner", "PractitionerRole",
		"Provenance", "ServiceRequest", "Specimen",
	};

	for (size_t i = 0; i < COUNT(types); i++)
		if (span_is(type, types[i]))
			return true;
	return false;
}

/* A result that no report names would get lost silently. */
static void
look_for_leftovers(struct fhir_context *c)
{
	for (size_t i = 0; i < c->n_resources && fhir_goes_on(c); i++) {
		struct fhir_resource *r = &c->resources[i];

		if (r->is_read || is_context(r->type))
			continue;
		if (span_is(r->type, "Observation"))
			fhir_break(c, "an Observation that no DiagnosticReport "
			    "has among its results", r, "");
		else
			fhir_remark(c, r, "not read: only what a "
			    "DiagnosticReport needs is");
	}
}

/* --- key and answer -------------------------------------------------------- */

static void
make_key(struct fhir_context *c, struct parsed *out)
{
	const struct tree_node *id = tree_member(c->bundle, "identifier");
	struct span value = tree_text_of(id, "value");
	struct sha256 h;

	sha256_start(&h);
	/* Five fields: one more than the keys of HL7 messages have. */
	sha256_add_field(&h, span_of(c->source->name));
	sha256_add_field(&h, span_of("FHIR"));
	sha256_add_field(&h, span_of(value.len > 0 ? "Bundle" : "body"));
	sha256_add_field(&h, tree_text_of(id, "system"));
	sha256_add_field(&h, value.len > 0 ? value : (struct span){
	    out->digest, sizeof(out->digest) });
	sha256_finish(&h, out->key);
}

/* What fhir_answer.h needs of the context, where that outlives this call. */
static void
make_detail(struct fhir_context *c, bool transaction, struct parsed *out)
{
	struct fhir_detail *d = arena_alloc(c->arena, sizeof(*d));
	const struct tree_node *entries = tree_member(c->bundle, "entry");

	if (d == NULL)
		return;
	*d = (struct fhir_detail){ .is_transaction = transaction,
	    .location = "Bundle", .refusal = c->refusal,
	    .resources = c->resources, .n_remarks = c->n_remarks };
	memcpy(d->remarks, c->remarks, sizeof(d->remarks));
	if (c->refusal.http == 0)
		d->n_entries = entries->n;
	out->detail = d;
}

static enum status
finish(struct fhir_context *c, bool transaction, struct parsed *out)
{
	if (c->failed != ST_OK)
		fhir_refuse(c, 413, "too-costly",
		    "the Bundle needs more memory than one may have", NULL, "");
	make_detail(c, transaction, out);
	out->answer = true;
	out->warnings = c->warnings;
	out->reply.code = HL7_AA;
	if (c->refusal.http == 0 && out->detail != NULL)
		return ST_OK;
	out->reports = NULL;
	out->n_reports = 0;
	out->where = c->refusal.where;
	out->reply = (struct hl7_ack_reply){ .code = HL7_AE,
	    .error = c->refusal.http == 413 ? 104 : 102,
	    .text = c->refusal.text };
	return c->failed == ST_OK ? ST_INVALID : ST_TOO_BIG;
}

static enum status
read_bundle(const struct input *in, bool document_only, uint64_t now_ms,
    struct arena *arena, struct parsed *out)
{
	struct fhir_context c = { .source = in->source, .arena = arena,
	    .now_ms = now_ms };
	bool transaction = false;

	*out = (struct parsed){ .answer = true };
	sha256(in->bytes, out->digest);
	read_tree(&c, in->bytes);
	if (fhir_goes_on(&c))
		transaction = read_type(&c, document_only);
	make_key(&c, out);
	if (fhir_goes_on(&c))
		fhir_entries_read(&c, transaction);
	if (fhir_goes_on(&c) && !transaction)
		check_document(&c);
	if (fhir_goes_on(&c))
		read_reports(&c, out);
	if (fhir_goes_on(&c))
		look_for_leftovers(&c);
	return finish(&c, transaction, out);
}

static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	return read_bundle(in, false, now_ms, arena, out);
}

static enum status
parse_document(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	return read_bundle(in, true, now_ms, arena, out);
}

/* See fhir_input.h. */
const struct input_kind input_fhir = { "FHIR", parse, fhir_answer_write,
    INPUT_ANSWER_MAX };
const struct input_kind input_fhir_document = { "FHIR document",
    parse_document, fhir_answer_write, INPUT_ANSWER_MAX };
