#include "input/fhir_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/digest.h"
#include "fhir_samples.h"
#include "tap.h"

static struct sample s;

static enum status
take(const char *const resources[])
{
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_transaction(resources));
	return s.st;
}

/* Patient, report and one more resource. */
static enum status
take_three(const char *report, const char *third)
{
	return take((const char *const[]){ sample_patient, report, third,
	    NULL });
}

/* The sample report with `status` and without other changes. */
static const char *
report_of_status(const char *status)
{
	static char text[2048];
	const char *at = strstr(sample_report, "'status':'final'");

	snprintf(text, sizeof(text), "%.*s'status':'%s'%s",
	    (int)(at - sample_report), sample_report, status,
	    at + strlen("'status':'final'"));
	return text;
}

/* `text` with its first `from` replaced. */
static const char *
with(const char *text, const char *from, const char *to)
{
	static char out[8][8192];
	static unsigned turn;
	const char *at = strstr(text, from);
	char *o = out[turn++ % 8];

	snprintf(o, sizeof(out[0]), "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));
	return o;
}

static const struct observation *
first_line(void)
{
	return &s.parsed.reports[0].panels[0].observations[0];
}

/* --- what is taken --------------------------------------------------------- */

static void
test_transaction(void)
{
	const struct report *r;

	ok(take_three(sample_report, sample_glucose) == ST_OK &&
	    s.parsed.n_reports == 1, "R39 a transaction becomes a report");
	r = s.parsed.reports;
	ok(s.code == 200 && sample_says(&s, "'transaction-response'"),
	    "R39 200 and a transaction-response");
	ok(sample_says(&s, "[{'response':{'status':'201','location':"
	    "'Patient/") && sample_says(&s, "},{'response':{'status':"
	    "'201','location':'DiagnosticReport/") &&
	    sample_says(&s, "'location':'Observation/"),
	    "R39 one response per entry, in order");
	ok(span_is(r->patient.name.family, "Dûpont") &&
	    span_is(r->patient.name.given, "Anne Marie") &&
	    span_is(r->patient.used_name.family, "Martin") &&
	    span_is(r->patient.birth_date, "1979-03-28") &&
	    r->patient.sex == SEX_FEMALE, "R41 the patient");
	ok(span_is(r->patient_id, "4711"),
	    "R41 the local identifier, never the INS");
	ok(r->release == RELEASE_DELIVER && r->status == BUNDLE_FINAL &&
	    span_is(r->report_id, "R-1") &&
	    span_is(r->report_authority, "urn:lab:report") &&
	    r->version_ms == 1795242600000u && r->exams == EXAMS_CHEMISTRY,
	    "R41 identity, version and class of the report");
}

static void
test_number(void)
{
	const struct observation *o;

	take_three(sample_report, sample_glucose);
	o = first_line();
	ok(span_is(o->value.number, "5.10") && span_is(o->unit, "mmol/L") &&
	    span_is(o->unit_ucum, "mmol/L"), "R40 5.10 is not 5.1");
	ok(span_is(o->range_low, "3.90") && span_is(o->range_high, "5.50") &&
	    span_is(o->range_text, "3.90 - 5.50"), "R40 nor 3.90 3.9");
	ok(span_is(o->effective.text, "2026-11-21T06:30:00+01:00") &&
	    span_is(o->code.text, "Glycémie") &&
	    span_is(o->code.code, "1558-6"), "code and time");
	ok(take_three(sample_report, with(sample_glucose, "5.10",
	    "5.1e-3")) == ST_OK && span_is(first_line()->value.number,
	    "5.1e-3"), "R40 an exponent stays");
	ok(take_three(sample_report, with(sample_glucose, "5.10", "'5.10'"))
	    == ST_INVALID && s.code == 400, "R40 a string is no number: 400");
}

static void
test_document(void)
{
	static const char whole[] = "{'resourceType':'Bundle',"
	    "'type':'document','identifier':{'system':'urn:x','value':'%s'},"
	    "'timestamp':'2026-11-21T08:00:00Z','entry':[{'fullUrl':"
	    "'urn:uuid:9','resource':{'resourceType':'Composition',"
	    "'identifier':{'value':'C-1'},'date':'2026-11-21'}},"
	    "{'fullUrl':'urn:uuid:0','resource':%s},"
	    "{'fullUrl':'urn:uuid:1','resource':%s},"
	    "{'fullUrl':'urn:uuid:2','resource':%s}]}";
	char text[8192];
	uint8_t key[32], digest[32];

	snprintf(text, sizeof(text), whole, "B-1", sample_patient,
	    sample_report, sample_glucose);
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json(text));
	ok(s.st == ST_OK && s.code == 201 && memcmp(s.bytes, "201 Bundle/", 11)
	    == 0, "R39 a document: 201 and a Location");
	memcpy(key, s.parsed.key, 32);
	memcpy(digest, s.parsed.digest, 32);
	sample_clear(&s);
	sample_take(&s, &input_fhir_document, sample_json(text));
	ok(s.st == ST_OK && memcmp(key, s.parsed.key, 32) == 0,
	    "R39 also at [base]/Bundle, with the same key");
	snprintf(text, sizeof(text), whole, "B-1", sample_patient,
	    report_of_status("corrected"), sample_glucose);
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json(text));
	ok(memcmp(key, s.parsed.key, 32) == 0 &&
	    memcmp(digest, s.parsed.digest, 32) != 0,
	    "R39 the key is Bundle.identifier, the digest the body");
	snprintf(text, sizeof(text), whole, "B-2", sample_patient,
	    sample_report, sample_glucose);
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json(text));
	ok(memcmp(key, s.parsed.key, 32) != 0, "R39 another one, another key");
	sample_clear(&s);
	sample_take(&s, &input_fhir_document, sample_transaction(
	    (const char *const[]){ sample_patient, NULL }));
	ok(s.code == 422, "R39 a transaction at [base]/Bundle is refused");
}

static void
test_retry(void)
{
	uint8_t key[32];

	take_three(sample_report, sample_glucose);
	memcpy(key, s.parsed.key, 32);
	take_three(sample_report, sample_glucose);
	ok(memcmp(key, s.parsed.key, 32) == 0, "R39 the same body, the same "
	    "key");
	take_three(sample_report, with(sample_glucose, "5.10", "5.1"));
	ok(memcmp(key, s.parsed.key, 32) != 0, "R39 another body, another key");
}

/* Nobody can send an HL7 message that stands for a Bundle: its key is the
 * source, MSH-3, MSH-4 and MSH-10 (parse.c). */
static void
test_keys_apart(void)
{
	uint8_t key[32];
	struct sha256 h;

	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json("{'resourceType':'Bundle',"
	    "'type':'transaction','identifier':{'system':'LABO',"
	    "'value':'M1'}}"));
	sha256_start(&h);
	sha256_add_field(&h, span_of(s.source.name));
	sha256_add_field(&h, span_of("Bundle"));
	sha256_add_field(&h, span_of("LABO"));
	sha256_add_field(&h, span_of("M1"));
	sha256_finish(&h, key);
	ok(memcmp(key, s.parsed.key, 32) != 0,
	    "R39 a key is not that of an HL7 message of Bundle, LABO, M1");
}

/* --- what is refused ------------------------------------------------------- */

static const struct {
	const char *claim, *body;
	unsigned code;
	const char *issue;
} bad_bodies[] = {
	{ "R40 not JSON", "{'resourceType':", 400, "structure" },
	{ "R40 nothing", "", 400, "structure" },
	{ "R40 a key twice", "{'resourceType':'Bundle','type':'transaction',"
	    "'type':'document'}", 400, "structure" },
	{ "R40 a key twice, once escaped", "{'a':{'b':1,'\\u0062':2}}", 400,
	    "structure" },
	{ "R40 bad UTF-8", "{'a':'\xc3('}", 400, "structure" },
	{ "R40 U+0000", "{'a':'\\u0000'}", 400, "structure" },
	{ "R39 no Bundle", "{'resourceType':'Patient'}", 400, "structure" },
	{ "R39 a batch", "{'resourceType':'Bundle','type':'batch',"
	    "'entry':[{}]}", 422, "not-supported" },
	{ "R39 an empty Bundle", "{'resourceType':'Bundle',"
	    "'type':'transaction'}", 422, "required" },
	{ "R39 an entry without resource", "{'resourceType':'Bundle',"
	    "'type':'transaction','entry':[{}]}", 400, "structure" },
	{ "R39 an entry without request", "{'resourceType':'Bundle','type':"
	    "'transaction','entry':[{'resource':{'resourceType':'Patient'}}]}",
	    400, "required" },
	{ "R39 a DELETE", "{'resourceType':'Bundle','type':'transaction',"
	    "'entry':[{'request':{'method':'DELETE','url':'Patient/1'},"
	    "'resource':{'resourceType':'Patient'}}]}", 422, "not-supported" },
	{ "R39 an url that does not fit", "{'resourceType':'Bundle','type':"
	    "'transaction','entry':[{'request':{'method':'POST',"
	    "'url':'Observation'},'resource':{'resourceType':'Patient'}}]}",
	    400, "value" },
	{ "R39 a document without Composition", "{'resourceType':'Bundle',"
	    "'type':'document','entry':[{'resource':{'resourceType':"
	    "'Patient'}}]}", 422, "invariant" },
};

static void
test_bad_bodies(void)
{
	char issue[64];

	for (size_t i = 0; i < COUNT(bad_bodies); i++) {
		sample_clear(&s);
		sample_take(&s, &input_fhir, sample_json(bad_bodies[i].body));
		snprintf(issue, sizeof(issue), "'code':'%s'",
		    bad_bodies[i].issue);
		ok(s.st == ST_INVALID && s.parsed.n_reports == 0 &&
		    s.code == bad_bodies[i].code && sample_says(&s, issue) &&
		    sample_says(&s, "'OperationOutcome'"), "%s: %u %s",
		    bad_bodies[i].claim, s.code, bad_bodies[i].issue);
	}
}

static void
test_depth(void)
{
	char text[400] = "";

	for (size_t i = 0; i < 100; i++)
		text[i] = '[';
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json(text));
	ok(s.code == 413, "R40 too deep: 413");
	for (size_t i = 0; i < 64; i++)
		text[i] = '[';
	memset(text + 64, ']', 64);
	text[128] = '\0';
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json(text));
	ok(s.code == 400, "R40 64 deep is read, and no Bundle");
}

static void
test_entries(void)
{
	const char *resources[902];

	for (size_t i = 0; i < 901; i++)
		resources[i] = "{'resourceType':'Location'}";
	resources[0] = sample_patient;
	resources[1] = sample_report;
	resources[2] = sample_glucose;
	resources[900] = NULL;
	ok(take(resources) == ST_OK && s.code == 200, "R40 900 entries are "
	    "taken, and answered in 32 KiB (%zu)", s.answer.len);
	resources[900] = "{'resourceType':'Location'}";
	resources[901] = NULL;
	take(resources);
	ok(s.code == 413, "R40 901 are not: 413");
}

/* One Organization with thousands of identifiers, and thousands of
 * references to the last of them. */
static void
test_references_without_end(void)
{
	enum { MANY = 8000, LONG = 100, BYTES = 4 << 20 };
	char *text = malloc(BYTES), *at = text, same[LONG + 1];
	clock_t start = clock();
	double took;

	memset(same, 'a', LONG);
	same[LONG] = '\0';
	at += sprintf(at, "{'resourceType':'Bundle','type':'transaction',"
	    "'entry':[{'fullUrl':'urn:uuid:p','request':{'method':'POST',"
	    "'url':'Patient'},'resource':%s},{'request':{'method':'POST',"
	    "'url':'Organization'},'resource':{'resourceType':'Organization',"
	    "'identifier':[", sample_patient);
	for (int i = 0; i < MANY; i++)
		at += sprintf(at, "%s{'value':'%s%d'}", i == 0 ? "" : ",",
		    same, i);
	at += sprintf(at, "]}},{'request':{'method':'POST','url':"
	    "'DiagnosticReport'},'resource':{'resourceType':"
	    "'DiagnosticReport','status':'final','code':{'text':'x'},"
	    "'subject':{'reference':'urn:uuid:p'},'resultsInterpreter':[");
	for (int i = 0; i < MANY; i++)
		at += sprintf(at, "%s{'reference':'Organization?identifier="
		    "%s%d'}", i == 0 ? "" : ",", same, MANY - 1);
	sprintf(at, "]}}]}");
	for (at = text; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	sample_clear(&s);
	sample_take(&s, &input_fhir, span_of(text));
	took = (double)(clock() - start) / CLOCKS_PER_SEC;
	ok(s.code == 413 && took < 2, "R40 %d references, each to one of %d "
	    "identifiers: %u in %.2f s", MANY, MANY, s.code, took);
	free(text);
}

static void
test_no_memory(void)
{
	struct input in = { .kind = &input_fhir, .source = &s.source,
	    .bytes = sample_transaction((const char *const[]){ sample_patient,
	    sample_report, sample_glucose, NULL }) };
	bool good = true;

	for (size_t limit = 0; limit < 40000; limit += 64) {
		struct arena arena;
		struct parsed p;
		struct buf out = buf_over(s.bytes, sizeof(s.bytes));
		enum status st;

		arena_init(&arena, limit);
		st = input_fhir.parse(&in, 1, &arena, &p);
		good = good && (st == ST_OK || p.n_reports == 0) &&
		    input_fhir.answer(&p, 1, span_of("1"), &out) == ST_OK;
		arena_clear(&arena);
	}
	ok(good, "R40 memory that ends anywhere: refused and answered");
}

static const struct {
	const char *claim, *from, *to;
	unsigned code;
	const char *issue;
} bad_reports[] = {
	{ "R39 the same fullUrl twice", "", "", 422, "duplicate" },
	{ "R41 no subject", "'subject':{'reference':'urn:uuid:0'},", "", 422,
	    "required" },
	{ "R41 a subject that is not there", "urn:uuid:0", "urn:uuid:7", 422,
	    "not-found" },
	{ "R41 a relative subject that is not there", "urn:uuid:0",
	    "Patient/7", 422, "not-found" },
	{ "R39 an absolute subject is not fetched", "urn:uuid:0",
	    "http://127.0.0.1/Patient/7", 422, "not-found" },
	{ "R41 a subject that is no Patient", "urn:uuid:0", "urn:uuid:2", 422,
	    "invariant" },
	{ "R41 a result that is not there", "urn:uuid:2", "urn:uuid:7", 422,
	    "not-found" },
	{ "R41 a result that is no Observation", "urn:uuid:2", "urn:uuid:0",
	    422, "invariant" },
	{ "R41 no status", "'status':'final',", "", 422, "required" },
	{ "R41 an Observation that no report names", "'result':[{'reference':"
	    "'urn:uuid:2'}]", "'conclusion':'x'", 422, "required" },
	{ "R41 a conditional reference without a match", "urn:uuid:0",
	    "Patient?identifier=urn:lab:ipp|4712", 422, "not-found" },
	{ "a modifierExtension", "'status'", "'modifierExtension':[{}],"
	    "'status'", 422, "extension" },
	{ "test data in production", "'status'", "'meta':{'tag':[{'code':"
	    "'HTEST'}]},'status'", 422, "invariant" },
};

static void
test_bad_reports(void)
{
	char issue[64];

	for (size_t i = 1; i < COUNT(bad_reports); i++) {
		enum status st = take_three(with(sample_report,
		    bad_reports[i].from, bad_reports[i].to), sample_glucose);

		snprintf(issue, sizeof(issue), "'code':'%s'",
		    bad_reports[i].issue);
		ok(st == ST_INVALID && s.parsed.n_reports == 0 &&
		    s.code == bad_reports[i].code && sample_says(&s, issue),
		    "%s: %u %s", bad_reports[i].claim, s.code,
		    bad_reports[i].issue);
	}
}

static void
test_twins(void)
{
	static char text[8192];
	struct span body;

	take((const char *const[]){ sample_patient, sample_report,
	    sample_glucose, "{'resourceType':'Patient','name':[{'family':'X'}]}",
	    NULL });
	ok(s.code == 422 && sample_says(&s, "'code':'invariant'"),
	    "R41 two patients are refused");
	ok(take((const char *const[]){ sample_patient, sample_report,
	    sample_glucose, sample_report, NULL }) == ST_INVALID &&
	    s.code == 422 && sample_says(&s, "'code':'duplicate'") &&
	    sample_says(&s, "Bundle.entry["),
	    "R39 an identifier twice in a transaction is refused");
	body = sample_transaction((const char *const[]){ sample_patient,
	    sample_report, sample_glucose, NULL });
	snprintf(text, sizeof(text), "%.*s", (int)body.len,
	    (const char *)body.ptr);
	memcpy(strstr(text, "fullUrl\":\"urn:uuid:1"), "fullUrl\":\"urn:uuid:0",
	    20);
	sample_clear(&s);
	sample_take(&s, &input_fhir, span_of(text));
	ok(s.code == 422 && sample_says(&s, "'code':'duplicate'"),
	    "R39 a fullUrl twice is refused");
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_json("{'resourceType':'Bundle',"
	    "'type':'transaction','entry':[{'request':{'method':'POST','url':"
	    "'Organization','ifNoneExist':'a=1'},'resource':{'resourceType':"
	    "'Organization'}},{'request':{'method':'POST','url':"
	    "'Organization','ifNoneExist':'a=1'},'resource':{'resourceType':"
	    "'Organization'}}]}"));
	ok(s.code == 422 && sample_says(&s, "'code':'duplicate'"),
	    "R39 an ifNoneExist twice is refused");
}

/* --- references ------------------------------------------------------------ */

static const char *const good_references[] = {
	"Patient?identifier=urn:lab:ipp|4711",
	"Patient?identifier=4711",
	"Patient?identifier=urn%3Alab%3Aipp%7C4711",
};

static void
test_references(void)
{
	const char *relative = with(sample_report, "urn:uuid:0", "Patient/p1");

	for (size_t i = 0; i < 2; i++)
		ok(take_three(with(sample_report, "urn:uuid:0",
		    good_references[i]), sample_glucose) == ST_OK,
		    "R41 %s has one match", good_references[i]);
	take((const char *const[]){ with(sample_patient, "'identifier'",
	    "'id':'p1','identifier'"), relative,
	    with(sample_glucose, "'subject':{'reference':'urn:uuid:0'},", ""),
	    NULL });
	ok(s.st == ST_OK, "R41 Patient/p1 by its id");
	ok(take_three(with(sample_report, "'result':[{'reference':"
	    "'urn:uuid:2'}]", "'contained':[{'resourceType':'Observation',"
	    "'id':'o1','status':'final','code':{'text':'x'},'valueString':"
	    "'y'}],'result':[{'reference':'#o1'},{'reference':'urn:uuid:2'}]"),
	    sample_glucose) == ST_OK && s.parsed.reports[0].panels[0].
	    n_observations == 2, "R41 a contained result");
	take_three(with(sample_report, "'result'", "'performer':[{'reference':"
	    "'Organization/9'}],'result'"), sample_glucose);
	ok(s.st == ST_OK, "a performer may be elsewhere");
	take_three(with(sample_report, "'result'", "'performer':[{'reference':"
	    "'urn:uuid:9'}],'result'"), sample_glucose);
	ok(s.code == 422, "R41 but an urn:uuid is here or nowhere");
}

/* --- status ---------------------------------------------------------------- */

static const struct {
	const char *status;
	enum release release;
	enum bundle_status bundle;
} statuses[] = {
	{ "registered", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
	{ "partial", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
	{ "preliminary", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
	{ "final", RELEASE_DELIVER, BUNDLE_FINAL },
	{ "amended", RELEASE_DELIVER, BUNDLE_CORRECTED },
	{ "corrected", RELEASE_DELIVER, BUNDLE_CORRECTED },
	{ "appended", RELEASE_DELIVER, BUNDLE_APPENDED },
	{ "cancelled", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN },
	{ "entered-in-error", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN },
};

static void
test_statuses(void)
{
	for (size_t i = 0; i < COUNT(statuses); i++) {
		enum status st = take_three(report_of_status(
		    statuses[i].status), sample_glucose);

		ok(st == ST_OK && s.parsed.reports[0].release ==
		    statuses[i].release && s.parsed.reports[0].status ==
		    statuses[i].bundle, "R41 DiagnosticReport %s",
		    statuses[i].status);
	}
	take_three(report_of_status("unknown"), sample_glucose);
	ok(s.parsed.reports[0].release == RELEASE_WITHHOLD &&
	    (s.parsed.reports[0].holds & HOLD_UNKNOWN) != 0,
	    "R41 DiagnosticReport unknown is withheld");
	take_three(report_of_status("cancelled"), sample_glucose);
	ok(first_line()->value.kind == VALUE_ABSENT,
	    "R41 and what was cancelled has no value any more");
	take_three(sample_report, with(sample_glucose, "'final'",
	    "'preliminary'"));
	ok(s.parsed.reports[0].release == RELEASE_WITHHOLD,
	    "R41 a preliminary Observation withholds the report");
	take_three(sample_report, with(sample_glucose, "'final'",
	    "'entered-in-error'"));
	ok(s.parsed.reports[0].release == RELEASE_WITHDRAW &&
	    first_line()->value.kind == VALUE_ABSENT,
	    "R41 nothing but an Observation in error is a withdrawal");
}

static void
test_hidden(void)
{
	static const char *const labels[] = {
		"{'system':'http://terminology.hl7.org/CodeSystem/"
		    "v3-Confidentiality','code':'R'}",
		"{'system':'http://terminology.hl7.org/CodeSystem/"
		    "v3-Confidentiality','code':'V'}",
		"{'system':'http://terminology.hl7.org/CodeSystem/v3-ActCode',"
		    "'code':'NOPAT'}",
		"{'code':'INVISIBLE_PATIENT'}",
	};
	char meta[512];

	for (size_t i = 0; i < COUNT(labels); i++) {
		snprintf(meta, sizeof(meta),
		    "'meta':{'security':[%s]},'status'", labels[i]);
		take_three(with(sample_report, "'status'", meta),
		    sample_glucose);
		ok(s.st == ST_OK && s.parsed.reports[0].release ==
		    RELEASE_WITHHOLD && (s.parsed.reports[0].holds &
		    HOLD_HIDDEN) != 0, "R41 hidden by %s", labels[i]);
	}
	take_three(sample_report, with(sample_glucose, "'status'",
	    "'meta':{'security':[{'code':'NOPAT'}]},'status'"));
	ok(s.parsed.reports[0].release == RELEASE_WITHHOLD,
	    "R41 an Observation's label counts for all");
	take_three(with(sample_report, "'status'", "'meta':{'security':[{"
	    "'system':'http://terminology.hl7.org/CodeSystem/"
	    "v3-Confidentiality','code':'N'}]},'status'"), sample_glucose);
	ok(s.parsed.reports[0].release == RELEASE_DELIVER,
	    "R41 N hides nothing");
}

int
main(void)
{
	test_transaction();
	test_number();
	test_document();
	test_retry();
	test_keys_apart();
	test_bad_bodies();
	test_depth();
	test_entries();
	test_references_without_end();
	test_no_memory();
	test_bad_reports();
	test_twins();
	test_references();
	test_statuses();
	test_hidden();
	sample_clear(&s);
	return done_testing();
}
