#include "input/fhir_report.h"

#include "fhir/codes.h"
#include "input/exams.h"

/* DiagnosticReportStatus, and what HL70123 calls it: the release matrix is
 * written in that table's words (design: lis.md 4.1). */
static const struct {
	const char *code, *obr_25;
	bool is_void, appended;
} statuses[] = {
	{ "registered", "I", false, false },
	{ "partial", "R", false, false },
	{ "preliminary", "P", false, false },
	{ "final", "F", false, false },
	{ "amended", "C", false, false },
	{ "corrected", "C", false, false },
	{ "appended", "F", false, true },
	{ "cancelled", "X", true, false },
	{ "entered-in-error", "X", true, false },
};

/* "unknown", and any other word, is withheld. */
static void
read_status(struct fhir_build *b)
{
	struct span code = tree_text_of(b->diagnostic->node, "status");

	b->order_status = span_of("?");
	for (size_t i = 0; i < COUNT(statuses); i++) {
		if (!span_is(code, statuses[i].code))
			continue;
		b->order_status = span_of(statuses[i].obr_25);
		b->is_void = statuses[i].is_void;
		b->sum.appended = statuses[i].appended;
	}
	if (code.len == 0)
		fhir_refuse(b->c, 422, "required",
		    "a DiagnosticReport without status", b->diagnostic,
		    ".status");
}

/* --- labels ---------------------------------------------------------------- */

/* What keeps a document from the patient: confidentiality R and V, "no
 * disclosure to the patient" (v3-ActCode), and what French documents say. */
static const struct {
	const char *code, *system;	/* NULL: whatever system */
} hiding[] = {
	{ "R", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality" },
	{ "V", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality" },
	{ "R", "http://hl7.org/fhir/v3/Confidentiality" },
	{ "V", "http://hl7.org/fhir/v3/Confidentiality" },
	{ "NOPAT", NULL }, { "INVISIBLE_PATIENT", NULL },
	{ "INVISIBLE_REP_LEGAUX", NULL },
	{ "INVISIBLE_REPRESENTANTS_LEGAUX", NULL },
};

/* See fhir_report.h. */
void
fhir_labels_read(struct fhir_build *b, const struct fhir_resource *r)
{
	const struct tree_node *meta = tree_member(r->node, "meta");
	const struct tree_node *security = tree_member(meta, "security");
	struct span whole = tree_text_of(r->node, "confidentiality");

	for (size_t i = 0; i < COUNT(hiding); i++)
		if (fhir_has_code(security, hiding[i].system, hiding[i].code))
			release_hide(&b->sum, "security label");
	if (span_is(whole, "R") || span_is(whole, "V"))
		release_hide(&b->sum, "confidentiality");
	if (b->c->source->production && (fhir_has_code(security, NULL,
	    "HTEST") || fhir_has_code(tree_member(meta, "tag"), NULL,
	    "HTEST")))
		fhir_break(b->c, "test data on a source set to production", r,
		    ".meta");
}

/* What is said of the Bundle and of its Composition holds for all of it. */
static void
read_outer_labels(struct fhir_build *b)
{
	struct fhir_resource bundle = { .node = b->c->bundle, .contained = -1 };
	struct fhir_resource *r = fhir_next_of_type(b->c, NULL, "Composition");

	fhir_labels_read(b, &bundle);
	if (r != NULL)
		fhir_labels_read(b, r);
	fhir_labels_read(b, b->diagnostic);
}

/* --- times and versions ---------------------------------------------------- */

/* The Composition's version, where it is a number (an extension that R5
 * made an element). */
static uint64_t
version_number_of(const struct tree_node *composition)
{
	static const char url[] = "http://hl7.org/fhir/5.0/StructureDefinition/"
	    "extension-Composition.version";
	const struct tree_node *e = tree_first(tree_member(composition,
	    "extension"));
	struct span text = { 0 };
	uint64_t number = 0;

	for (; e != NULL; e = e->next)
		if (span_is(tree_text_of(e, "url"), url))
			text = tree_text_of(e, "valueString");
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || i == 9)
			return 0;
		number = number * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	return number;
}

/* When the results last changed, as far as anything says (lis.md 2.6). */
static void
read_version(struct fhir_build *b)
{
	struct report *report = b->report;
	struct fhir_resource *composition = fhir_next_of_type(b->c, NULL,
	    "Composition");
	const struct tree_node *outer = composition == NULL ? NULL :
	    composition->node;
	const struct tree_node *said[] = {
		tree_member(b->diagnostic->node, "issued"),
		tree_member(outer, "date"),
		tree_member(b->c->bundle, "timestamp"),
		tree_member(tree_member(b->diagnostic->node, "meta"),
		    "lastUpdated"),
	};

	for (size_t i = 0; i < COUNT(said) && report->version_ms == 0; i++)
		report->issued = fhir_when(b->c, said[i], &report->version_ms);
	if (report->version_ms == 0)
		report->version_ms = b->c->now_ms;
	report->version_number = version_number_of(outer);
}

/* --- the first panel ------------------------------------------------------- */

/* HL70074, or the LOINC study type that stands for one of its codes. */
static struct span
section_of(const struct tree_node *category)
{
	static const char table[] =
	    "http://terminology.hl7.org/CodeSystem/v2-0074";
	static const char *const known[] = { "CH", "HM", "MB", "MCB", "MYC",
	    "PAR", "VR", "SR", "IMM", "GE", "CG", "BLB", "BG", "CP", "TX" };

	for (size_t i = 0; i < COUNT(known); i++) {
		const struct study *study = study_of(span_of(known[i]));

		if (fhir_has_code(category, table, known[i]) ||
		    (strcmp(study->section, known[i]) == 0 &&
		    fhir_has_code(category, "http://loinc.org", study->loinc)))
			return span_of(known[i]);
	}
	return (struct span){ 0 };
}

static enum observation_status
panel_status(const struct fhir_build *b)
{
	return release_order_status(b->order_status);
}

/* What the DiagnosticReport says of all its results. */
static void
start_panel(struct fhir_build *b)
{
	struct fhir_context *c = b->c;
	const struct tree_node *node = b->diagnostic->node;
	struct panel *p = fhir_alloc(c, 1, sizeof(*p));

	if (p == NULL)
		return;
	b->report->panels = p;
	b->report->n_panels = 1;
	p->code = fhir_concept_of(c, tree_member(node, "code"));
	p->section = section_of(tree_member(node, "category"));
	p->status = panel_status(b);
	p->placer_order = b->report->order;
	p->filler_order = b->report->report_id;
	p->issued = b->report->issued;
	p->validator = b->interpreter;
	p->parent_panel = p->parent_observation = -1;
	p->effective = fhir_when(c, tree_member(node, "effectiveDateTime"),
	    NULL);
	if (p->effective.text.len == 0)
		p->effective = fhir_when(c, tree_member(tree_member(node,
		    "effectivePeriod"), "start"), NULL);
	b->report->exams |= exams_of_section(p->section);
}

/* The conclusion in words, and the words of its codes. */
static void
read_conclusion(struct fhir_build *b)
{
	const struct tree_node *node = b->diagnostic->node;
	const struct tree_node *codes = tree_member(node, "conclusionCode");
	const struct tree_node *code = tree_first(codes);
	size_t n = 1 + (tree_is(codes, TREE_ARRAY) ? codes->n : 0);
	struct note *notes = fhir_alloc(b->c, n, sizeof(*notes));

	if (notes == NULL || b->is_void)
		return;
	b->report->notes = notes;
	notes[0].text = fhir_text_of(b->c, node, "conclusion");
	b->report->n_notes = notes[0].text.len > 0;
	for (; code != NULL && b->report->n_notes < n; code = code->next) {
		struct coded coded = fhir_concept_of(b->c, code);
		struct span words = coded.text.len > 0 ? coded.text :
		    coded.display;

		if (words.len > 0)
			notes[b->report->n_notes++].text = words;
	}
}

/* --- the whole ------------------------------------------------------------- */

static bool
find_subject(struct fhir_build *b)
{
	const struct tree_node *subject = tree_member(b->diagnostic->node,
	    "subject");
	struct fhir_resource *r = fhir_follow(b->c, b->diagnostic, subject,
	    FHIR_MUST_BE_HERE);

	if (r == NULL)
		fhir_refuse(b->c, 422, "required",
		    "a DiagnosticReport without its Patient", b->diagnostic,
		    ".subject");
	else if (r != b->subject)
		fhir_break(b->c, "the subject is no Patient", b->diagnostic,
		    ".subject");
	return fhir_goes_on(b->c);
}

static void
finish(struct fhir_build *b)
{
	struct report *report = b->report;
	struct release_line void_line = { .order_status = b->order_status };

	if (b->is_void && !release_has_lines(&b->sum))
		release_add(&b->sum, &void_line);
	if (!release_has_lines(&b->sum))
		fhir_refuse(b->c, 422, "required",
		    "neither a result nor a PDF in the report", b->diagnostic,
		    "");
	release_decide(&b->sum, b->c->now_ms, report);
	report->warnings = b->c->warnings;
}

/* See fhir_report.h. */
void
fhir_report_read(struct fhir_build *b)
{
	struct fhir_context *c = b->c;
	const struct tree_node *node = b->diagnostic->node;

	b->diagnostic->is_read = true;
	read_status(b);
	if (!find_subject(b))
		return;
	read_outer_labels(b);
	fhir_patient_read(b);
	fhir_orders_read(b);
	read_version(b);
	b->report->language = fhir_text_of(c, node, "language");
	if (b->report->language.len == 0)
		b->report->language = fhir_text_of(c, c->bundle, "language");
	b->report->organization = fhir_organization(c, b->diagnostic,
	    "performer");
	b->interpreter = fhir_professional(c, b->diagnostic,
	    "resultsInterpreter");
	b->has_specimen = fhir_specimen_read(c, b->diagnostic,
	    tree_first(tree_member(node, "specimen")), &b->specimen);
	start_panel(b);
	if (!fhir_goes_on(c))
		return;
	fhir_results_read(b);
	fhir_documents_read(b);
	read_conclusion(b);
	finish(b);
}
