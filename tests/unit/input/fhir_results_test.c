#include "input/fhir_report.h"

#include <stdio.h>

#include "base/base64.h"
#include "card/symbols.h"
#include "crypto/digest.h"
#include "fhir_samples.h"
#include "input/fhir_input.h"
#include "tap.h"

static struct sample s;

static enum status
take(const char *const resources[])
{
	sample_clear(&s);
	sample_take(&s, &input_fhir, sample_transaction(resources));
	return s.st;
}

/* A report with these members besides the necessary. */
static const char *
report(const char *members)
{
	static char text[8192];

	snprintf(text, sizeof(text), "{'resourceType':'DiagnosticReport',"
	    "'status':'final','code':{'text':'Bilan'},'subject':{'reference':"
	    "'urn:uuid:0'},%s}", members);
	return text;
}

/* An Observation of this name and these members. */
static const char *
line(const char *name, const char *members)
{
	static char out[8][1024];
	static unsigned turn;
	char *text = out[turn++ % 8];

	snprintf(text, sizeof(out[0]), "{'resourceType':'Observation','status':"
	    "'final','code':{'text':'%s'},%s}", name, members);
	return text;
}

/* --- panels ---------------------------------------------------------------- */

static void
test_groups(void)
{
	const struct report *r;

	ok(take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'},{'reference':"
		"'urn:uuid:3'},{'reference':'urn:uuid:4'}]"),
	    line("plain", "'valueInteger':1"),
	    line("group", "'hasMember':[{'reference':'urn:uuid:4'},"
		"{'reference':'urn:uuid:5'}]"),
	    line("a", "'valueInteger':2"), line("b", "'valueInteger':3"),
	    NULL }) == ST_OK, "R41 a panel and a line");
	r = s.parsed.reports;
	ok(r->n_panels == 2 && r->panels[0].n_observations == 1 &&
	    span_is(r->panels[0].observations[0].code.text, "plain") &&
	    span_is(r->panels[0].code.text, "Bilan"),
	    "R41 plain lines under the report's name");
	ok(span_is(r->panels[1].code.text, "group") &&
	    r->panels[1].n_observations == 2 &&
	    span_is(r->panels[1].observations[0].code.text, "a") &&
	    span_is(r->panels[1].observations[1].code.text, "b"),
	    "R41 members under their panel, also where a result lists one");
}

static void
test_nesting(void)
{
	const struct report *r;

	take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'}]"),
	    line("outer", "'hasMember':[{'reference':'urn:uuid:3'},"
		"{'reference':'urn:uuid:4'}]"),
	    line("inner", "'hasMember':[{'reference':'urn:uuid:5'}]"),
	    line("x", "'valueInteger':1"), line("y", "'valueInteger':2"),
	    NULL });
	r = s.parsed.reports;
	ok(s.st == ST_OK && r->n_panels == 3 &&
	    span_is(r->panels[2].code.text, "inner") &&
	    r->panels[2].parent_panel == 1 && r->panels[1].parent_panel == -1 &&
	    r->panels[2].n_observations == 1, "R41 a panel inside a panel");
	take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'}]"),
	    line("a", "'hasMember':[{'reference':'urn:uuid:3'}]"),
	    line("b", "'valueInteger':1,'hasMember':[{'reference':"
		"'urn:uuid:2'}]"), NULL });
	ok(s.st == ST_OK && s.parsed.reports[0].n_panels == 3,
	    "R41 members in a circle end");
}

static void
test_components(void)
{
	const struct report *r;

	take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'}]"),
	    line("pressure", "'component':[{'code':{'text':'systolic'},"
		"'valueQuantity':{'value':120}},{'code':{'text':'diastolic'},"
		"'valueQuantity':{'value':80},'interpretation':[{'coding':"
		"[{'code':'N'}]}]}]"), NULL });
	r = s.parsed.reports;
	ok(s.st == ST_OK && r->n_panels == 2 &&
	    r->panels[1].n_observations == 2 &&
	    span_is(r->panels[1].observations[1].value.number, "80") &&
	    r->panels[1].observations[1].n_flags == 1 &&
	    r->panels[1].observations[0].n_flags == 0,
	    "R41 components become lines of a panel");
	take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'}]"),
	    line("odd", "'component':{'code':1,'a':2,'b':3},'valueInteger':1"),
	    NULL });
	ok(s.st == ST_OK && s.parsed.reports[0].n_panels == 1,
	    "a component that is no array is none");
}

static void
test_several_reports(void)
{
	char second[8192];

	snprintf(second, sizeof(second), "%s", report("'identifier':[{'value':"
	    "'B'}],'result':[{'reference':'urn:uuid:3'}]"));
	take((const char *const[]){ sample_patient,
	    report("'identifier':[{'value':'A'}],'result':[{'reference':"
		"'urn:uuid:2'}]"), line("a", "'valueInteger':1"),
	    line("b", "'valueInteger':2"), second, NULL });
	ok(s.st == ST_OK && s.parsed.n_reports == 2 &&
	    span_is(s.parsed.reports[1].report_id, "B") &&
	    span_is(s.parsed.reports[1].panels[0].observations[0].code.text,
	    "b"), "R41 each DiagnosticReport is a report of its own");
	take((const char *const[]){ sample_patient,
	    report("'result':[{'reference':'urn:uuid:2'}]"),
	    line("a", "'valueInteger':1"), line("lost", "'valueInteger':2"),
	    NULL });
	ok(s.code == 422, "R41 an Observation that no report has: refused");
}

static void
test_people(void)
{
	const struct report *r;

	take((const char *const[]){ sample_patient,
	    report("'performer':[{'reference':'urn:uuid:3'}],"
		"'resultsInterpreter':[{'reference':'urn:uuid:5'}],"
		"'specimen':[{'reference':'urn:uuid:4'}],'conclusion':'RAS',"
		"'result':[{'reference':'urn:uuid:2'}]"),
	    line("a", "'valueInteger':1"),
	    "{'resourceType':'Organization','name':'Labo'}",
	    "{'resourceType':'Specimen','type':{'text':'Sang'},'collection':"
		"{'collectedDateTime':'2026-11-21'}}",
	    "{'resourceType':'PractitionerRole','practitioner':{'reference':"
		"'urn:uuid:6'}}",
	    "{'resourceType':'Practitioner','name':[{'family':'Curie'}]}",
	    NULL });
	r = s.parsed.reports;
	ok(s.st == ST_OK && span_is(r->organization, "Labo") &&
	    span_is(r->panels[0].validator.family, "Curie") &&
	    r->panels[0].has_specimen &&
	    span_is(r->panels[0].specimen.type.text, "Sang") &&
	    span_is(r->panels[0].specimen.collected.text, "2026-11-21"),
	    "R41 laboratory, biologist, specimen");
	ok(r->n_notes == 1 && span_is(r->notes[0].text, "RAS"),
	    "R41 the conclusion");
}

/* --- card and order -------------------------------------------------------- */

static const char *
card_number(char text[static 24])
{
	struct symbols number = { .text = "0123456789",
	    .len = CARD_NUMBER_LEN };
	struct buf out = buf_over(text, 23);

	if (symbols_print(&number, &out) != ST_OK)
		return "";
	text[out.len] = '\0';
	return text;
}

static void
test_card(void)
{
	char number[24], order[512], wrong[512];

	snprintf(order, sizeof(order), "{'resourceType':'ServiceRequest',"
	    "'identifier':[{'system':'urn:guichet:card','value':'%s'},"
	    "{'system':'urn:lab','value':'O-7'}]}", card_number(number));
	take((const char *const[]){ sample_patient,
	    report("'basedOn':[{'reference':'urn:uuid:3'}],'result':"
		"[{'reference':'urn:uuid:2'}]"),
	    line("a", "'valueInteger':1"), order, NULL });
	ok(s.st == ST_OK && span_is(s.parsed.reports[0].card, "0123456789") &&
	    span_is(s.parsed.reports[0].order, "O-7"),
	    "R41 card and order of the ServiceRequest");
	snprintf(wrong, sizeof(wrong), "'identifier':[{'system':"
	    "'urn:guichet:card','value':'%.11sZZ'},{'value':'R'}],'result':"
	    "[{'reference':'urn:uuid:2'}]", number);
	take((const char *const[]){ sample_patient, report(wrong),
	    line("a", "'valueInteger':1"), NULL });
	ok(s.st == ST_OK && s.parsed.reports[0].card.len == 0 &&
	    sample_says(&s, "'severity':'warning'") &&
	    span_is(s.parsed.reports[0].report_id, "R"),
	    "R41 a number with a wrong check symbol is no card, and said so");
	snprintf(wrong, sizeof(wrong), "'basedOn':[{'identifier':{'system':"
	    "'urn:guichet:card','value':'%s'}}],'result':[{'reference':"
	    "'urn:uuid:2'}]", number);
	take((const char *const[]){ sample_patient, report(wrong),
	    line("a", "'valueInteger':1"), NULL });
	ok(s.st == ST_OK && s.parsed.reports[0].card.len == 10,
	    "R41 a logical reference may name the card");
}

static void
test_ins(void)
{
	static char text[2048];
	const char *at = strstr(sample_patient, ".4.8");

	snprintf(text, sizeof(text), "%.*s.4.10%s",
	    (int)(at - sample_patient), sample_patient, at + 4);
	take((const char *const[]){ text, sample_report, sample_glucose,
	    NULL });
	ok(s.code == 422, "R41 an INS made for tests in production: refused");
}

/* --- documents ------------------------------------------------------------- */

static const char pdf[] = "%PDF-1.4\n%\xe2\xe3\nnot much of one\n%%EOF\n";

static const char *
pdf_base64(void)
{
	static uint8_t text[128];
	struct buf out = buf_over(text, sizeof(text) - 1);

	return base64_encode((struct span){ (const uint8_t *)pdf,
	    sizeof(pdf) - 1 }, &out) == ST_OK ? (const char *)text : "";
}

static enum status
take_form(const char *form)
{
	char members[1024];

	snprintf(members, sizeof(members), "'presentedForm':[%s]", form);
	return take((const char *const[]){ sample_patient, report(members),
	    NULL });
}

static bool
has_the_pdf(void)
{
	return s.st == ST_OK && s.parsed.reports[0].n_documents == 1 &&
	    span_equal(s.parsed.reports[0].documents[0].bytes, (struct span){
	    (const uint8_t *)pdf, sizeof(pdf) - 1 });
}

static void
test_documents(void)
{
	char form[512], hash[64] = "";
	uint8_t sha[20];
	struct buf out = buf_over(hash, sizeof(hash) - 1);

	sha1((struct span){ (const uint8_t *)pdf, sizeof(pdf) - 1 }, sha);
	ok(base64_encode((struct span){ sha, 20 }, &out) == ST_OK, "a hash");
	snprintf(form, sizeof(form), "{'contentType':'application/pdf','data':"
	    "'%s','hash':'%s','title':'CR'}", pdf_base64(), hash);
	take_form(form);
	ok(has_the_pdf() && span_is(s.parsed.reports[0].documents[0].title,
	    "CR") && (s.parsed.reports[0].exams & EXAMS_DOCUMENT) != 0,
	    "R41 a PDF, bit by bit");
	snprintf(form, sizeof(form), "{'contentType':'application/pdf','data':"
	    "'%s','hash':'AAAA'}", pdf_base64());
	ok(take_form(form) == ST_INVALID && s.code == 422,
	    "R41 a PDF without its hash is refused");
	ok(take_form("{'contentType':'application/pdf','data':'aGVsbG8='}") ==
	    ST_INVALID && s.code == 422, "R41 what says PDF must be one");
	ok(take_form("{'contentType':'application/pdf','url':"
	    "'http://127.0.0.1:1/x.pdf'}") == ST_INVALID && s.code == 422,
	    "R39 a URL is not fetched: nothing is left of such a report");
	snprintf(form, sizeof(form), "{'data':'%s'},{'url':"
	    "'http://127.0.0.1:1/x.pdf'},{'contentType':'text/html','data':"
	    "'aGVsbG8='}", pdf_base64());
	take_form(form);
	ok(has_the_pdf() && sample_says(&s, "no URL is ever opened") &&
	    sample_says(&s, "no PDF was left out") &&
	    (s.parsed.warnings & WARN_ATTACHMENT) != 0,
	    "R39 beside a PDF they are left out, and it is said");
}

static void
test_binary(void)
{
	char binary[512];

	snprintf(binary, sizeof(binary), "{'resourceType':'Binary',"
	    "'contentType':'application/pdf','data':'%s'}", pdf_base64());
	take((const char *const[]){ sample_patient,
	    report("'presentedForm':[{'url':'urn:uuid:2'}]"), binary, NULL });
	ok(has_the_pdf(), "R41 the data may stand in a Binary of the Bundle");
	take((const char *const[]){ sample_patient, sample_report,
	    sample_glucose, "{'resourceType':'DocumentReference'}", NULL });
	ok(s.st == ST_OK && sample_says(&s, "not read"),
	    "what is not read is said");
}

int
main(void)
{
	test_groups();
	test_nesting();
	test_components();
	test_several_reports();
	test_people();
	test_card();
	test_ins();
	test_documents();
	test_binary();
	sample_clear(&s);
	return done_testing();
}
