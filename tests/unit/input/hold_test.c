#include "input/hold.h"

#include <stdio.h>

#include "fhir/codes.h"
#include "tap.h"

static struct config config;

static void
list(const char *codes, const char *reason)
{
	struct config_hold *h = &config.hold[config.n_holds++];

	snprintf(h->name, sizeof(h->name), "list-%u", config.n_holds);
	snprintf(h->codes, sizeof(h->codes), "%s", codes);
	snprintf(h->reason, sizeof(h->reason), "%s", reason);
}

static void
only(const char *codes)
{
	memset(&config, 0, sizeof(config));
	list(codes, "");
}

static struct coded
loinc(const char *code, const char *display)
{
	return (struct coded){ .code = span_of(code),
	    .system = span_of(SYSTEM_LOINC), .display = span_of(display) };
}

static struct coded
local(const char *code, const char *display)
{
	return (struct coded){ .code = span_of(code),
	    .display = span_of(display) };
}

static struct coded
with_nabm(struct coded c, const char *code)
{
	c.alternate_code = span_of(code);
	c.alternate_system = span_of(SYSTEM_NABM);
	return c;
}

static void
test_lists(void)
{
	struct {
		const char *codes;
		struct coded code;
		bool held;
	} row[] = {
		{ "LOINC 75622-1", loinc("75622-1", "x"), true },
		{ "LOINC 75622-1", local("75622-1", "x"), false },
		{ "LOINC 75622-?", loinc("75622-1", "x"), true },
		{ "NABM 0388", with_nabm(local("A", "x"), "0388"), true },
		{ "NABM 0388", with_nabm(local("A", "x"), "0389"), false },
		{ "NABM 0388", local("0388", "x"), false },
		{ "LOCAL HIV*", local("hiv2", "x"), true },
		{ "LOCAL HIV*", loinc("HIV2", "x"), false },
		{ "LOCAL HIV*", local("x", "HIV"), false },
		{ "* *VIH*", local("x", "Sérologie VIH"), true },
		{ "* *VIH*", local("VIH1", "x"), true },
		{ "* *VIH*", loinc("1-8", "sérologie vih 1 et 2"), true },
		{ "* VIH", local("x", "Sérologie VIH"), false },
		{ "* *vih*", (struct coded){ .text = span_of("VIH") }, true },
		{ "* *vih*", (struct coded){ .alternate_display =
		    span_of("Le VIH") }, true },
		{ "LOINC 1-8, * *syphilis*", local("x", "SYPHILIS"), true },
		{ "LOINC 1-8", local("", ""), false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		only(row[i].codes);
		ok((hold_find(&config, &row[i].code) != NULL) == row[i].held,
		    "R30 hold list %s, row %zu", row[i].codes, i);
	}
}

/* --- reports --------------------------------------------------------------- */

static struct observation lines[3];
static struct panel panels[2];
static struct document document;
static struct report report;

static void
report_init(void)
{
	lines[0] = (struct observation){ .code = loinc("14749-6", "Glucose") };
	lines[1] = (struct observation){ .code = with_nabm(local("CREA",
	    "Créatinine"), "0592") };
	lines[2] = (struct observation){ .code = local("PERSO", "Maison") };
	panels[0] = (struct panel){ .code = local("BIO", "Bilan"),
	    .observations = lines, .n_observations = 3 };
	document = (struct document){ .code = local("PDF", "Compte rendu") };
	report = (struct report){ .panels = panels, .n_panels = 1,
	    .documents = &document, .n_documents = 1,
	    .release = RELEASE_DELIVER };
}

static bool
is_held(unsigned holds, const char *reason)
{
	return report.release == RELEASE_WITHHOLD && report.holds == holds &&
	    strcmp(report.release_reason, reason) == 0;
}

static void
test_report(void)
{
	memset(&config, 0, sizeof(config));
	report_init();
	hold_apply(&config, &report);
	ok(report.release == RELEASE_DELIVER && report.holds == 0 &&
	    report.release_reason == NULL, "R30 without a list nothing is held");
	list("* *glucose*", "remis par le biologiste");
	hold_apply(&config, &report);
	ok(is_held(HOLD_LIST, "hold list"), "R30 one line holds the report");
	ok(lines[0].release == RELEASE_WITHHOLD && lines[0].holds == HOLD_LIST
	    && strcmp(lines[0].release_reason, "remis par le biologiste") == 0
	    && lines[1].release == RELEASE_DELIVER, "for the list's own reason");
	only("LOCAL BIO");
	report_init();
	hold_apply(&config, &report);
	ok(is_held(HOLD_LIST, "hold list") && lines[2].release ==
	    RELEASE_WITHHOLD && strcmp(lines[2].release_reason, "list-1") == 0,
	    "R30 a panel (OBR-4) holds all its lines; a list's name is its "
	    "reason");
	only("* compte*");
	report_init();
	hold_apply(&config, &report);
	ok(is_held(HOLD_LIST, "hold list"), "R30 so does a document");
}

static void
test_what_is_decided_already(void)
{
	only("* *glucose*");
	report_init();
	report.release = RELEASE_WITHHOLD;
	report.release_reason = "OBX-11 P";
	report.holds = HOLD_PRELIMINARY;
	hold_apply(&config, &report);
	ok(is_held(HOLD_PRELIMINARY | HOLD_LIST, "OBX-11 P"),
	    "R31 a list adds to what is held");
	report_init();
	report.release = RELEASE_CONFIRM;
	hold_apply(&config, &report);
	ok(report.release == RELEASE_CONFIRM && report.holds == HOLD_LIST,
	    "R31 a confirmation says what still holds");
	for (enum release r = RELEASE_WITHDRAW; r <= RELEASE_INCIDENT; r++) {
		report_init();
		report.release = r;
		hold_apply(&config, &report);
		ok(report.release == r && report.holds == 0,
		    "R32 a withdrawal is never held");
	}
	report_init();
	lines[0].release = RELEASE_WITHDRAW;
	hold_apply(&config, &report);
	ok(report.release == RELEASE_DELIVER && lines[0].holds == 0,
	    "R34 a line that was taken back holds nothing");
}

static void
test_genetics(void)
{
	memset(&config, 0, sizeof(config));
	report_init();
	lines[2].code = local("X", "Caryotype");
	hold_apply(&config, &report);
	ok(is_held(HOLD_GENETIC, "genetic test") &&
	    (report.exams & EXAMS_GENETICS) != 0,
	    "R30 genetics is held without any list");
	report_init();
	panels[0].section = span_of("GE");
	hold_apply(&config, &report);
	ok(is_held(HOLD_GENETIC, "genetic test"), "R30 by its section");
	report_init();
	document.code.display = span_of("Consultation de génétique");
	hold_apply(&config, &report);
	ok(is_held(HOLD_GENETIC, "genetic test"), "R30 a genetic document");
	report_init();
	lines[0].value.kind = VALUE_CODED;
	lines[0].value.coded = (struct coded){ .code = span_of("HGNC:1100"),
	    .system = span_of("http://www.genenames.org") };
	hold_apply(&config, &report);
	ok(is_held(HOLD_GENETIC, "genetic test"), "R30 a gene as a result");
}

static void
test_unknown_codes(void)
{
	memset(&config, 0, sizeof(config));
	config.hold_unknown = true;
	report_init();
	hold_apply(&config, &report);
	ok(is_held(HOLD_LIST, "hold list") && lines[2].release ==
	    RELEASE_WITHHOLD && lines[0].release == RELEASE_DELIVER &&
	    lines[1].release == RELEASE_DELIVER,
	    "R30 hold.unknown: neither LOINC nor NABM");
	report_init();
	panels[0].n_observations = 2;
	hold_apply(&config, &report);
	ok(report.release == RELEASE_DELIVER, "R30 a local panel of known codes");
	report_init();
	panels[0].n_observations = 0;
	hold_apply(&config, &report);
	ok(is_held(HOLD_LIST, "hold list"),
	    "R30 a document alone, ordered by a local code");
	report_init();
	panels[0] = (struct panel){ .code = loinc("11502-2", "CR") };
	hold_apply(&config, &report);
	ok(report.release == RELEASE_DELIVER, "R30 ordered by a public one");
}

int
main(void)
{
	test_lists();
	test_report();
	test_what_is_decided_already();
	test_genetics();
	test_unknown_codes();
	return done_testing();
}
