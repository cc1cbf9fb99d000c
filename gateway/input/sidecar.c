#include "input/sidecar.h"

#include "base/hex.h"
#include "card/symbols.h"
#include "crypto/digest.h"
#include "fhir/check.h"
#include "input/exams.h"
#include "input/fhir_answer.h"
#include "input/release.h"
#include "wire/pdf.h"

enum { FILE_NAME_MAX = 255, SHA256_TEXT = 64 };

struct sidecar {
	struct fhir_context c;
	const struct input *in;
	const struct tree_node *root, *pdf, *report, *patient;
	struct report *out;
	struct release_sum sum;
	struct span order_status;	/* HL70123 */
	bool is_void;
};

/* --- the form -------------------------------------------------------------- */

/* Every key there is.  `in` NULL: at the top. */
static const struct {
	const char *in, *key;
	enum tree_kind kind;
	bool required;
} keys[] = {
	{ NULL, "sidecar", TREE_NUMBER, true },
	{ NULL, "pdf", TREE_OBJECT, false },
	{ NULL, "report", TREE_OBJECT, true },
	{ NULL, "patient", TREE_OBJECT, true },
	{ NULL, "card", TREE_STRING, false },
	{ NULL, "order", TREE_STRING, false },
	{ "pdf", "file", TREE_STRING, true },
	{ "pdf", "sha256", TREE_STRING, true },
	{ "pdf", "title", TREE_STRING, false },
	{ "report", "id", TREE_STRING, true },
	{ "report", "authority", TREE_STRING, false },
	{ "report", "status", TREE_STRING, true },
	{ "report", "issued", TREE_STRING, false },
	{ "report", "section", TREE_STRING, false },
	{ "report", "code", TREE_STRING, false },
	{ "report", "codeSystem", TREE_STRING, false },
	{ "report", "name", TREE_STRING, false },
	{ "report", "language", TREE_STRING, false },
	{ "report", "laboratory", TREE_STRING, false },
	{ "report", "hidden", TREE_TRUE, false },
	{ "report", "genetic", TREE_TRUE, false },
	{ "patient", "family", TREE_STRING, true },
	{ "patient", "given", TREE_STRING, false },
	{ "patient", "usedFamily", TREE_STRING, false },
	{ "patient", "usedGiven", TREE_STRING, false },
	{ "patient", "birthDate", TREE_STRING, false },
	{ "patient", "sex", TREE_STRING, false },
	{ "patient", "id", TREE_STRING, false },
};

static bool
is_of_kind(const struct tree_node *node, enum tree_kind kind)
{
	return tree_is(node, kind) ||
	    (kind == TREE_TRUE && tree_is(node, TREE_FALSE));
}

static bool
same_place(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
check_member(struct sidecar *s, const char *in, const struct tree_node *node)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (!same_place(keys[i].in, in) ||
		    !span_is(node->key, keys[i].key))
			continue;
		if (!is_of_kind(node, keys[i].kind))
			fhir_refuse(&s->c, 400, "structure",
			    "a value of another type than it should have",
			    NULL, keys[i].key);
		return;
	}
	fhir_refuse(&s->c, 400, "structure",
	    "a key that a sidecar does not know", NULL, in == NULL ? "" : in);
}

static void
check_object(struct sidecar *s, const char *in, const struct tree_node *object)
{
	const struct tree_node *node = tree_first(object);

	if (object == NULL)
		return;
	for (; node != NULL; node = node->next)
		check_member(s, in, node);
	for (size_t i = 0; i < COUNT(keys); i++)
		if (same_place(keys[i].in, in) && keys[i].required &&
		    tree_member(object, keys[i].key) == NULL)
			fhir_refuse(&s->c, 422, "required",
			    "the sidecar lacks a key", NULL, keys[i].key);
}

static void
check_form(struct sidecar *s)
{
	const struct tree_node *version = tree_member(s->root, "sidecar");

	if (!tree_is(s->root, TREE_OBJECT)) {
		fhir_refuse(&s->c, 400, "structure", "not a sidecar", NULL, "");
		return;
	}
	check_object(s, NULL, s->root);
	if (fhir_goes_on(&s->c) && !span_is(version->text, "1"))
		fhir_refuse(&s->c, 422, "not-supported",
		    "sidecar must be 1", NULL, "sidecar");
	s->pdf = tree_member(s->root, "pdf");
	s->report = tree_member(s->root, "report");
	s->patient = tree_member(s->root, "patient");
	check_object(s, "pdf", s->pdf);
	check_object(s, "report", s->report);
	check_object(s, "patient", s->patient);
}

/* --- the PDF --------------------------------------------------------------- */

/* A name in the same folder: it comes from the sender (design: lis.md 3.1). */
static bool
is_file_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < ' ' || name.ptr[i] == '/' ||
		    name.ptr[i] == '\\' || name.ptr[i] == 0x7f)
			return false;
	return name.len > 0 && name.len <= FILE_NAME_MAX && name.ptr[0] != '.';
}

/* NULL: not there yet. */
static const struct input_piece *
find_piece(const struct sidecar *s, struct span name)
{
	const struct input *in = s->in;

	if (in->n_pieces == 1 && in->pieces[0].name.len == 0)
		return &in->pieces[0];
	for (size_t i = 0; i < in->n_pieces; i++)
		if (span_equal(in->pieces[i].name, name))
			return &in->pieces[i];
	return NULL;
}

static bool
has_hash(const struct sidecar *s, struct span bytes)
{
	struct span said = tree_text_of(s->pdf, "sha256");
	uint8_t hash[32], wanted[32];
	struct buf out = buf_over(wanted, sizeof(wanted));

	sha256(bytes, hash);
	return said.len == SHA256_TEXT && hex_decode(said, &out) == ST_OK &&
	    memcmp(hash, wanted, sizeof(hash)) == 0;
}

/* Which examination: what a hold list looks for. */
static struct coded
code_of(struct sidecar *s)
{
	return (struct coded){
		.code = fhir_text_of(&s->c, s->report, "code"),
		.system = fhir_text_of(&s->c, s->report, "codeSystem"),
		.display = fhir_text_of(&s->c, s->report, "name"),
	};
}

static void
keep_document(struct sidecar *s, struct span bytes)
{
	struct report *r = s->out;

	r->documents = fhir_alloc(&s->c, 1, sizeof(*r->documents));
	if (r->documents == NULL)
		return;
	r->documents[0].bytes = arena_copy(s->c.arena, bytes);
	r->documents[0].title = fhir_text_of(&s->c, s->pdf, "title");
	r->documents[0].code = code_of(s);
	r->documents[0].suspicious = pdf_is_suspicious(bytes);
	if (r->documents[0].bytes.ptr == NULL)
		s->c.failed = ST_TOO_BIG;
	if (r->documents[0].suspicious)
		s->c.warnings |= WARN_SUSPICIOUS_PDF;
	r->n_documents = 1;
	r->exams |= EXAMS_DOCUMENT;
}

/* ST_OK, or ST_NOT_FOUND: parsed.wants. */
static enum status
read_pdf(struct sidecar *s, struct parsed *out)
{
	struct span name = tree_text_of(s->pdf, "file");
	const struct input_piece *piece;

	if (s->is_void)
		return ST_OK;
	if (s->pdf == NULL)
		fhir_refuse(&s->c, 422, "required", "the sidecar lacks a key",
		    NULL, "pdf");
	else if (!is_file_name(name))
		fhir_refuse(&s->c, 422, "value",
		    "not the name of a file beside the sidecar", NULL,
		    "pdf.file");
	if (!fhir_goes_on(&s->c))
		return ST_OK;
	piece = find_piece(s, name);
	if (piece == NULL) {
		out->wants = fhir_text(&s->c, tree_member(s->pdf, "file"));
		return ST_NOT_FOUND;
	}
	if (!has_hash(s, piece->bytes))
		fhir_break(&s->c, "the PDF does not have the sidecar's SHA-256",
		    NULL, "pdf.sha256");
	else if (!pdf_is(piece->bytes))
		fhir_break(&s->c, "the document is no PDF", NULL, "pdf.file");
	else
		keep_document(s, piece->bytes);
	return ST_OK;
}

/* --- what it says ---------------------------------------------------------- */

static void
read_status(struct sidecar *s)
{
	static const struct {
		const char *word, *obr_25;
	} row[] = {
		{ "preliminary", "P" }, { "final", "F" },
		{ "corrected", "C" }, { "appended", "F" },
		{ "withdrawn", "X" },
	};
	struct span word = tree_text_of(s->report, "status");

	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(word, row[i].word))
			s->order_status = span_of(row[i].obr_25);
	s->is_void = span_is(word, "withdrawn");
	s->sum.appended = span_is(word, "appended");
	if (s->order_status.len == 0)
		fhir_refuse(&s->c, 422, "code-invalid", "status must be "
		    "preliminary, final, corrected, appended or withdrawn",
		    NULL, "report.status");
}

static enum sex
read_sex(struct sidecar *s)
{
	static const struct {
		const char *word;
		enum sex sex;
	} row[] = {
		{ "", SEX_UNKNOWN }, { "unknown", SEX_UNKNOWN },
		{ "female", SEX_FEMALE }, { "male", SEX_MALE },
		{ "other", SEX_OTHER },
	};
	struct span word = tree_text_of(s->patient, "sex");

	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(word, row[i].word))
			return row[i].sex;
	fhir_refuse(&s->c, 422, "code-invalid",
	    "sex must be female, male, other or unknown", NULL, "patient.sex");
	return SEX_UNKNOWN;
}

static void
read_patient(struct sidecar *s)
{
	struct fhir_context *c = &s->c;
	struct patient *p = &s->out->patient;

	p->name.family = fhir_text_of(c, s->patient, "family");
	p->name.given = fhir_text_of(c, s->patient, "given");
	p->used_name.family = fhir_text_of(c, s->patient, "usedFamily");
	p->used_name.given = fhir_text_of(c, s->patient, "usedGiven");
	p->birth_date = fhir_text_of(c, s->patient, "birthDate");
	p->sex = read_sex(s);
	s->out->patient_id = fhir_text_of(c, s->patient, "id");
	if (p->birth_date.len > 0 && !fhir_is_date(p->birth_date))
		fhir_refuse(c, 422, "value", "not a date", NULL,
		    "patient.birthDate");
	if (p->name.family.len == 0)
		fhir_refuse(c, 422, "required", "the patient has no name",
		    NULL, "patient.family");
}

/* One that is given must be right: nothing else can be meant here. */
static void
read_card(struct sidecar *s)
{
	struct span text = tree_text_of(s->root, "card");
	struct symbols card;

	if (text.len == 0)
		return;
	if (symbols_parse(text, CARD_NUMBER_LEN, &card) != ST_OK) {
		fhir_refuse(&s->c, 422, "value",
		    "not a card's number: check its last symbol", NULL, "card");
		return;
	}
	s->out->card = arena_copy(s->c.arena, (struct span){
	    (const uint8_t *)card.text, CARD_NUMBER_LEN });
	if (s->out->card.ptr == NULL)
		s->c.failed = ST_TOO_BIG;
}

static void
read_report(struct sidecar *s)
{
	struct fhir_context *c = &s->c;
	struct report *r = s->out;

	r->report_id = fhir_text_of(c, s->report, "id");
	r->report_authority = fhir_text_of(c, s->report, "authority");
	r->order = fhir_text_of(c, s->root, "order");
	r->language = fhir_text_of(c, s->report, "language");
	r->organization = fhir_text_of(c, s->report, "laboratory");
	r->issued = fhir_when(c, tree_member(s->report, "issued"),
	    &r->version_ms);
	if (r->version_ms == 0)
		r->version_ms = c->now_ms;
	r->exams |= exams_of_section(tree_text_of(s->report, "section"));
	if (r->report_id.len == 0)
		fhir_refuse(c, 422, "required", "the report has no identifier",
		    NULL, "report.id");
}

static void
decide(struct sidecar *s)
{
	struct coded code = code_of(s);
	struct release_line line = {
		.has_result = !s->is_void,
		.result_status = s->order_status,
		.order_status = s->order_status,
		.genetic = tree_is(tree_member(s->report, "genetic"),
		    TREE_TRUE) || release_is_genetic(tree_text_of(s->report,
		    "section"), &code),
	};

	if (tree_is(tree_member(s->report, "hidden"), TREE_TRUE))
		release_hide(&s->sum, "sidecar hidden");
	release_add(&s->sum, &line);
	release_decide(&s->sum, s->c.now_ms, s->out);
	s->out->warnings = s->c.warnings;
}

/* --- the whole ------------------------------------------------------------- */

static void
read_tree(struct sidecar *s)
{
	size_t at = 0;
	enum status st = tree_read(s->in->bytes, s->c.arena, &s->root, &at);

	if (st == ST_EXISTS)
		fhir_refuse(&s->c, 400, "structure",
		    "an object has the same key twice", NULL, "");
	else if (st != ST_OK)
		fhir_refuse(&s->c, 400, "structure", "not JSON in UTF-8", NULL,
		    "");
	else
		check_form(s);
}

/* The same sidecar with the same PDF is a repetition. */
static void
make_key(const struct input *in, struct parsed *out)
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add_field(&h, in->bytes);
	for (size_t i = 0; i < in->n_pieces; i++)
		sha256_add_field(&h, in->pieces[i].bytes);
	sha256_finish(&h, out->digest);
	sha256_start(&h);
	sha256_add_field(&h, span_of(in->source->name));
	sha256_add_field(&h, span_of("sidecar"));
	sha256_add_field(&h, (struct span){ out->digest, 32 });
	sha256_finish(&h, out->key);
}

static enum status
finish(struct sidecar *s, struct parsed *out)
{
	struct fhir_detail *d = fhir_alloc(&s->c, 1, sizeof(*d));

	if (s->c.failed != ST_OK)
		fhir_refuse(&s->c, 413, "too-costly",
		    "the document needs more memory than one may have", NULL,
		    "");
	if (d != NULL)
		*d = (struct fhir_detail){ .location = "DocumentReference",
		    .refusal = s->c.refusal };
	out->detail = d;
	out->warnings = s->c.warnings;
	out->reply.code = HL7_AA;
	out->reports = s->out;
	out->n_reports = 1;
	if (s->c.refusal.http == 0)
		return ST_OK;
	out->reports = NULL;
	out->n_reports = 0;
	out->where = s->c.refusal.where;
	out->reply = (struct hl7_ack_reply){ .code = HL7_AE,
	    .error = s->c.failed == ST_OK ? 102 : 104,
	    .text = s->c.refusal.text };
	return s->c.failed == ST_OK ? ST_INVALID : ST_TOO_BIG;
}

static void
read_all(struct sidecar *s)
{
	read_card(s);
	read_patient(s);
	read_report(s);
	decide(s);
}

static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	struct sidecar s = { .in = in, .c = { .source = in->source,
	    .arena = arena, .now_ms = now_ms } };

	*out = (struct parsed){ .answer = true };
	make_key(in, out);
	s.out = fhir_alloc(&s.c, 1, sizeof(*s.out));
	read_tree(&s);
	if (fhir_goes_on(&s.c))
		read_status(&s);
	if (fhir_goes_on(&s.c))
		TRY(read_pdf(&s, out));
	if (fhir_goes_on(&s.c))
		read_all(&s);
	return finish(&s, out);
}

/* See sidecar.h. */
const struct input_kind input_sidecar = { "PDF with sidecar", parse,
    fhir_answer_write, INPUT_ANSWER_MAX };
