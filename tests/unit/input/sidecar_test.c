#include "input/sidecar.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "fhir_samples.h"
#include "tap.h"

static struct sample s;
static const char pdf[] = "%PDF-1.4\nnot much of one\n%%EOF\n";
static char sha[65];

static struct span
pdf_bytes(void)
{
	return (struct span){ (const uint8_t *)pdf, sizeof(pdf) - 1 };
}

/* A sidecar with other members instead of the ones it always has. */
struct words {
	const char *top, *report, *patient, *file;
};

static struct span
sidecar(struct words w)
{
	static char text[4096];

	snprintf(text, sizeof(text), "{'sidecar':1,'pdf':{'file':'%s',"
	    "'sha256':'%s','title':'CR'},'report':{'id':'R-9','authority':"
	    "'urn:lab'%s},'patient':{'family':'Dupont','given':'Anne',"
	    "'birthDate':'1979-03-28','sex':'female'%s}%s}",
	    w.file == NULL ? "r.pdf" : w.file, sha,
	    w.report == NULL ? ",'status':'final'" : w.report,
	    w.patient == NULL ? "" : w.patient, w.top == NULL ? "" : w.top);
	return sample_json(text);
}

static enum status
take(struct words w, const char *piece_name)
{
	struct input_piece piece = { { 0 }, pdf_bytes() };

	if (piece_name != NULL)
		piece.name = span_of(piece_name);
	sample_clear(&s);
	sample_take_pieces(&s, &input_sidecar, sidecar(w), &piece, 1);
	return s.st;
}

static void
test_good(void)
{
	const struct report *r;

	ok(take((struct words){ .top = ",'order':'O-1'", .report =
	    ",'status':'corrected','issued':'2026-11-21T07:30:00Z','section':"
	    "'CH','language':'fr'" }, "r.pdf") == ST_OK && s.code == 201,
	    "R42 a PDF and its sidecar: 201");
	r = s.parsed.reports;
	ok(r->n_documents == 1 && span_equal(r->documents[0].bytes,
	    pdf_bytes()) && span_is(r->documents[0].title, "CR"),
	    "R42 the PDF, bit by bit");
	ok(span_is(r->report_id, "R-9") && span_is(r->report_authority,
	    "urn:lab") && span_is(r->order, "O-1") &&
	    r->status == BUNDLE_CORRECTED && r->release == RELEASE_DELIVER &&
	    r->version_ms == 1795246200000u && span_is(r->language, "fr") &&
	    r->exams == (EXAMS_CHEMISTRY | EXAMS_DOCUMENT), "R42 the report");
	ok(span_is(r->patient.name.family, "Dupont") &&
	    r->patient.sex == SEX_FEMALE, "R42 the patient");
	ok(take((struct words){ 0 }, NULL) == ST_OK,
	    "R42 a sole piece needs no name");
}

static void
test_waiting(void)
{
	sample_clear(&s);
	sample_take(&s, &input_sidecar, sidecar((struct words){ 0 }));
	ok(s.st == ST_NOT_FOUND && span_is(s.parsed.wants, "r.pdf"),
	    "R42 without its PDF it says which it wants");
	ok(take((struct words){ 0 }, "other.pdf") == ST_NOT_FOUND,
	    "R42 another file is not it");
	sample_clear(&s);
	sample_take(&s, &input_sidecar, sidecar((struct words){
	    .report = ",'status':'withdrawn'" }));
	ok(s.st == ST_OK && s.parsed.reports[0].release == RELEASE_WITHDRAW &&
	    s.parsed.reports[0].n_documents == 0,
	    "R42 a withdrawal needs no PDF");
}

static void
test_hash(void)
{
	struct input_piece piece = { span_of("r.pdf"), pdf_bytes() };

	piece.bytes.len--;
	sample_clear(&s);
	sample_take_pieces(&s, &input_sidecar, sidecar((struct words){ 0 }),
	    &piece, 1);
	ok(s.st == ST_INVALID && s.code == 422 &&
	    sample_says(&s, "'pdf.sha256'"), "R42 the hash must match");
}

static void
test_key(void)
{
	uint8_t key[32];

	take((struct words){ 0 }, "r.pdf");
	memcpy(key, s.parsed.key, 32);
	take((struct words){ 0 }, "r.pdf");
	ok(memcmp(key, s.parsed.key, 32) == 0, "R42 the same again is known");
	take((struct words){ .top = ",'order':'2'" }, "r.pdf");
	ok(memcmp(key, s.parsed.key, 32) != 0, "R42 another is not");
}

static void
test_release(void)
{
	take((struct words){ .report = ",'status':'preliminary'" }, "r.pdf");
	ok(s.parsed.reports[0].release == RELEASE_WITHHOLD, "R42 preliminary");
	take((struct words){ .report = ",'status':'appended'" }, "r.pdf");
	ok(s.parsed.reports[0].status == BUNDLE_APPENDED, "R42 appended");
	take((struct words){ .report = ",'status':'final','hidden':true" },
	    "r.pdf");
	ok(s.parsed.reports[0].release == RELEASE_WITHHOLD &&
	    (s.parsed.reports[0].holds & HOLD_HIDDEN) != 0, "R42 hidden");
	take((struct words){ .report = ",'status':'final','genetic':true" },
	    "r.pdf");
	ok((s.parsed.reports[0].holds & HOLD_GENETIC) != 0, "R42 genetic");
	take((struct words){ .report = ",'status':'final','genetic':false" },
	    "r.pdf");
	ok(s.parsed.reports[0].release == RELEASE_DELIVER, "R42 not genetic");
}

static const struct {
	const char *claim;
	struct words words;
	unsigned code;
} bad[] = {
	{ "an unknown key", { .top = ",'x':1" }, 400 },
	{ "an unknown key of the report", { .report =
	    ",'status':'final','x':1" }, 400 },
	{ "an unknown key of the patient", { .patient = ",'nir':'1'" }, 400 },
	{ "no status", { .report = "" }, 422 },
	{ "another status", { .report = ",'status':'done'" }, 422 },
	{ "a number for a text", { .patient = ",'id':1" }, 400 },
	{ "a text for a boolean", { .report =
	    ",'status':'final','hidden':'true'" }, 400 },
	{ "a card that is none", { .top = ",'card':'0123456789A'" }, 422 },
	{ "a path", { .file = "../r.pdf" }, 422 },
	{ "an absolute path", { .file = "/etc/passwd" }, 422 },
	{ "a hidden file", { .file = ".r.pdf" }, 422 },
	{ "a backslash", { .file = "a\\\\r.pdf" }, 422 },
	{ "a key twice", { .patient = ",'sex':'male'" }, 400 },
	{ "another sex", { .patient = ",'id':'x'", .report =
	    ",'status':'final','status':'final'" }, 400 },
};

static void
test_bad(void)
{
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(take(bad[i].words, "r.pdf") == ST_INVALID &&
		    s.parsed.n_reports == 0 && s.code == bad[i].code &&
		    sample_says(&s, "'OperationOutcome'"), "R42 refused: %s",
		    bad[i].claim);
	sample_clear(&s);
	sample_take(&s, &input_sidecar, sample_json("[]"));
	ok(s.code == 400, "R42 refused: no object");
	sample_clear(&s);
	sample_take(&s, &input_sidecar, sample_json("{'sidecar':2}"));
	ok(s.code == 422, "R42 refused: another version, or nothing in it");
}

int
main(void)
{
	uint8_t hash[32];
	struct buf out = buf_over(sha, 64);

	sha256(pdf_bytes(), hash);
	if (hex_encode((struct span){ hash, 32 }, &out) != ST_OK)
		return 1;
	test_good();
	test_waiting();
	test_hash();
	test_key();
	test_release();
	test_bad();
	sample_clear(&s);
	return done_testing();
}
