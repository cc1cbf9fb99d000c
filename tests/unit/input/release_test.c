#include "input/release.h"

#include <stdio.h>

#include "fhir/codes.h"
#include "tap.h"

enum { SATURDAY_S = 1795242615 };	/* 2026-11-21 06:30:15 UTC */

static struct release_line
line_of(const char *obx_11, const char *obr_25)
{
	return (struct release_line){
		.has_result = true, .result_status = span_of(obx_11),
		.order_status = span_of(obr_25),
	};
}

/* --- the matrix ---------------------------------------------------------- */

static void
test_result_by_order(void)
{
	/* release.md: deliver F C A B V under F, C or nothing. */
	static const char *const obx[] = { "F", "C", "A", "B", "V", "P", "R",
	    "S", "I", "O", "N", "U", "", "unknown", "D", "X", "W" };
	static const char *const obr[] = { "", "F", "C", "P", "A", "I", "M",
	    "N", "O", "R", "S", "Y", "Z", "?", "X" };
	/* d: deliver, u: confirm, h: withhold, v: void, w: wrong patient */
	static const char *const expected[COUNT(obx)] = {
		"dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv",
		"dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv",
		"hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"uuuhhhhhhhhhhhv", "hddhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"vvvvvvvvvvvvvvv", "vvvvvvvvvvvvvvv", "wwwwwwwwwwwwwww",
	};
	static const enum verdict of[] = { ['d'] = VERDICT_DELIVER,
	    ['u'] = VERDICT_CONFIRM, ['h'] = VERDICT_WITHHOLD, ['v'] = VERDICT_VOID,
	    ['w'] = VERDICT_WRONG };

	for (size_t i = 0; i < COUNT(obx); i++) {
		int wrong = 0;

		for (size_t k = 0; k < COUNT(obr); k++) {
			struct release_line line = line_of(obx[i], obr[k]);
			const char *reason = "";
			enum verdict v = release_judge(&line, &reason);

			if (v == of[(unsigned char)expected[i][k]] &&
			    (v == VERDICT_DELIVER) == (reason == NULL))
				continue;
			printf("# OBX-11 \"%s\" OBR-25 \"%s\": %d\n", obx[i],
			    obr[k], v);
			wrong++;
		}
		ok(wrong == 0, "R31 OBX-11 \"%s\" under every OBR-25", obx[i]);
	}
}

static void
test_release_category(void)
{
	static const struct {
		const char *category, *flag;
		enum verdict verdict;
	} row[] = {
		{ "SIMM", "H", VERDICT_DELIVER }, { "SID", "N", VERDICT_DELAY },
		{ "SID", "", VERDICT_DELAY }, { "SIDC", "N", VERDICT_DELAY },
		{ "SIDC", "H", VERDICT_WITHHOLD }, { "SIDC", "", VERDICT_WITHHOLD },
		{ "SWNL", "N", VERDICT_DELIVER }, { "SWNL", "HH", VERDICT_DELAY },
		{ "SWNL", "", VERDICT_DELAY }, { "STBD", "N", VERDICT_WITHHOLD },
		{ "SWTH", "N", VERDICT_WITHHOLD }, { "NEW", "N", VERDICT_WITHHOLD },
		{ "", "HM", VERDICT_WITHHOLD }, { "", "QCF", VERDICT_WITHHOLD },
		{ "SIMM", "HM", VERDICT_WITHHOLD }, { "", "HH", VERDICT_DELIVER },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct release_line line = line_of("F", "F");
		struct coded flag = { .code = span_of(row[i].flag) };
		const char *reason;

		line.category = span_of(row[i].category);
		line.flags = &flag;
		line.n_flags = row[i].flag[0] != '\0';
		ok(release_judge(&line, &reason) == row[i].verdict,
		    "R30 OBX-26 \"%s\", OBX-8 \"%s\"", row[i].category,
		    row[i].flag);
	}
}

static void
test_two_flags_are_not_normal(void)
{
	struct release_line line = line_of("F", "F");
	struct coded flags[2] = { { .code = span_of("N") },
	    { .code = span_of("H") } };
	const char *reason;

	line.category = span_of("SIDC");
	line.flags = flags;
	line.n_flags = 2;
	ok(release_judge(&line, &reason) == VERDICT_WITHHOLD,
	    "N beside H is out of range");
	flags[1].code = span_of("HM");
	line.category = span_of("");
	ok(release_judge(&line, &reason) == VERDICT_WITHHOLD,
	    "HM is seen beside another flag");
}

static void
test_orders(void)
{
	struct release_line line = line_of("F", "F");
	const char *reason;

	line.order_control = span_of("CA");
	ok(release_judge(&line, &reason) == VERDICT_VOID, "ORC-1 CA voids a line");
	line.result_status = span_of("P");
	ok(release_judge(&line, &reason) == VERDICT_VOID, "also a preliminary one");
	line.result_status = span_of("W");
	ok(release_judge(&line, &reason) == VERDICT_WRONG, "but not a wrong one");
	line = (struct release_line){ .order_status = span_of("") };
	ok(release_judge(&line, &reason) == VERDICT_NONE, "an OBR that only groups");
	line.order_status = span_of("P");
	ok(release_judge(&line, &reason) == VERDICT_WITHHOLD,
	    "an unfinished OBR without results");
}

static void
test_genetics(void)
{
	static const struct {
		const char *section, *code, *system;
		bool genetic;
	} row[] = {
		{ "GE", "X", "", true }, { "CG", "X", "", true },
		{ "CH", "2345-7", "http://loinc.org", false },
		{ "CH", "51969-4", "http://loinc.org", true },
		{ "CH", "51969-4", "", false },
		{ "", "HGNC:1100", "urn:oid:2.16.840.1.113883.6.281", true },
		{ "", "4087", SYSTEM_NABM, true }, { "", "0040", SYSTEM_NABM, true },
		{ "", "1104", SYSTEM_NABM, false }, { "", "4087", "", false },
		{ "", "", "", false },
	};

	struct release_line line = line_of("F", "F");
	const char *reason;

	line.genetic = true;
	ok(release_judge(&line, &reason) == VERDICT_WITHHOLD &&
	    strcmp(reason, "genetic test") == 0, "a genetic test is withheld");
	for (size_t i = 0; i < COUNT(row); i++) {
		struct coded code = { .code = span_of(row[i].code),
		    .system = span_of(row[i].system) };
		struct coded other = { .alternate_code = span_of(row[i].code),
		    .alternate_system = span_of(row[i].system) };

		ok(release_is_genetic(span_of(row[i].section), &code) ==
		    row[i].genetic && release_is_genetic(span_of(
		    row[i].section), &other) == row[i].genetic,
		    "genetic: \"%s\" \"%s\"", row[i].section, row[i].code);
	}
}

static void
test_genetic_words(void)
{
	static const struct {
		const char *label;
		bool genetic;
	} row[] = {
		{ "Caryotype sanguin", true }, { "CARYOTYPE", true },
		{ "Facteur V Leiden", true }, { "Mutation JAK2 V617F", true },
		{ "HFE gene p.Cys282Tyr [Presence] in Blood by Molecular "
		  "genetics method", true },
		{ "Étude génétique", true }, { "EXAMEN GÉNÉTIQUE", true },
		{ "genetique", true }, { "Typage HLA-B27", true },
		{ "(BRCA1)", true }, { "DPNI trisomies 13, 18 et 21", true },
		{ "Génotypage VHC", false }, { "Recherche du génome viral", false },
		{ "SARS-CoV-2 (COVID-19) N gene [Presence]", false },
		{ "Glycémie à jeun", false }, { "Biogenetix", false },
		{ "f3 fish IgE", false }, { "", false }, { "é", false },
		{ "Échlac", false },
	};
	struct coded cut = { .display = span_of("\xc3") };

	for (size_t i = 0; i < COUNT(row); i++) {
		struct coded label = { .display = span_of(row[i].label) };
		struct coded text = { .text = span_of(row[i].label) };

		ok(release_is_genetic(span_of("CH"), &label) == row[i].genetic
		    && release_is_genetic(span_of(""), &text) ==
		    row[i].genetic, "R30 genetic label: \"%s\"", row[i].label);
	}
	ok(!release_is_genetic(span_of(""), &cut), "half a letter is none");
}

/* --- the whole report ---------------------------------------------------- */

/* "FP": two lines by their OBX-11; upper case F to W as the letter says. */
static struct report
report_of(const char *lines, const char *order_status)
{
	struct release_sum sum = { 0 };
	struct report report = { 0 };

	for (; *lines != '\0'; lines++) {
		char code[2] = { *lines, '\0' };
		struct release_line line = line_of(code, order_status);

		release_add(&sum, &line);
	}
	release_decide(&sum, SATURDAY_S * 1000ull, &report);
	return report;
}

static void
test_reports(void)
{
	static const struct {
		const char *lines;
		enum release release;
		enum bundle_status status;
	} row[] = {
		{ "F", RELEASE_DELIVER, BUNDLE_FINAL },
		{ "FF", RELEASE_DELIVER, BUNDLE_FINAL },
		{ "FC", RELEASE_DELIVER, BUNDLE_CORRECTED },
		{ "FA", RELEASE_DELIVER, BUNDLE_CORRECTED },
		{ "FB", RELEASE_DELIVER, BUNDLE_APPENDED },
		{ "FP", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
		{ "PPP", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
		{ "FN", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
		{ "FX", RELEASE_DELIVER, BUNDLE_FINAL },
		{ "FD", RELEASE_DELIVER, BUNDLE_CORRECTED },
		{ "PX", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
		{ "D", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN },
		{ "DX", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN },
		{ "XXX", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN },
		{ "W", RELEASE_INCIDENT, BUNDLE_WITHDRAWN },
		{ "FFW", RELEASE_INCIDENT, BUNDLE_WITHDRAWN },
		{ "PW", RELEASE_INCIDENT, BUNDLE_WITHDRAWN },
		{ "F?", RELEASE_WITHHOLD, BUNDLE_FINAL },
		{ "U", RELEASE_CONFIRM, BUNDLE_FINAL },
		{ "UUU", RELEASE_CONFIRM, BUNDLE_FINAL },
		{ "UX", RELEASE_CONFIRM, BUNDLE_FINAL },
		{ "UF", RELEASE_DELIVER, BUNDLE_FINAL },
		{ "UC", RELEASE_DELIVER, BUNDLE_CORRECTED },
		{ "UP", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY },
		{ "UW", RELEASE_INCIDENT, BUNDLE_WITHDRAWN },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct report r = report_of(row[i].lines, "F");

		ok(r.release == row[i].release && r.status == row[i].status &&
		    (r.release == RELEASE_DELIVER) ==
		    (r.release_reason == NULL), "R31 lines %s",
		    row[i].lines);
	}
	ok(report_of("F", "X").release == RELEASE_WITHDRAW, "R32 OBR-25 X");
	ok(report_of("F", "C").status == BUNDLE_CORRECTED, "R31 OBR-25 C");
	ok(report_of("F", "P").status == BUNDLE_PRELIMINARY, "R31 OBR-25 P");
	ok(report_of("U", "P").release == RELEASE_CONFIRM &&
	    report_of("U", "P").holds == HOLD_PRELIMINARY,
	    "R31 U under an unfinished order stays held");
}

static void
test_u_with_a_document(void)
{
	struct release_sum sum = { 0 };
	struct release_line line = line_of("U", "F");
	struct report r = { .n_documents = 1 };

	release_add(&sum, &line);
	release_decide(&sum, 0, &r);
	ok(r.release == RELEASE_DELIVER && r.status == BUNDLE_FINAL,
	    "R31 U with a document is a final document");
}

/* Every reason of every line is in the report's. */
static void
test_holds_are_summed(void)
{
	static const struct {
		const char *lines, *order;
		unsigned holds;
	} row[] = {
		{ "F", "F", 0 }, { "FP", "F", HOLD_PRELIMINARY },
		{ "F?", "F", HOLD_UNKNOWN },
		{ "P?", "F", HOLD_PRELIMINARY | HOLD_UNKNOWN },
		{ "F", "Y", HOLD_UNKNOWN }, { "FX", "F", 0 },
		{ "PW", "F", 0 }, { "D", "P", 0 },
	};
	struct release_sum sum = { 0 };
	struct release_line line = line_of("F", "F");
	struct coded flag = { .code = span_of("HM") };
	struct report r = { 0 };

	for (size_t i = 0; i < COUNT(row); i++)
		ok(report_of(row[i].lines, row[i].order).holds == row[i].holds,
		    "R31 holds of lines %s under %s", row[i].lines,
		    row[i].order);
	line.flags = &flag;
	line.n_flags = 1;
	line.category = span_of("SWTH");
	line.genetic = true;
	release_add(&sum, &line);
	release_hide(&sum, "INVISIBLE_PATIENT");
	release_decide(&sum, 0, &r);
	ok(r.release == RELEASE_WITHHOLD && r.holds == (HOLD_FLAG |
	    HOLD_CATEGORY | HOLD_GENETIC | HOLD_HIDDEN),
	    "R30 four reasons at once");
}

static void
test_emptying(void)
{
	struct coded flag = { .code = span_of("H") };
	struct note note = { span_of("5.10 au lieu de 51") };
	struct observation o[4] = {
		{ .status = OBSERVATION_FINAL, .release = RELEASE_DELIVER },
		{ .status = OBSERVATION_ENTERED_IN_ERROR,
		  .release = RELEASE_INCIDENT },
		{ .status = OBSERVATION_FINAL, .release = RELEASE_WITHDRAW },
		{ .status = OBSERVATION_PRELIMINARY,
		  .release = RELEASE_WITHHOLD },
	};
	struct panel p = { .observations = o, .n_observations = 4 };
	struct report r = { .panels = &p, .n_panels = 1 };

	for (size_t i = 0; i < 4; i++) {
		o[i].value.kind = VALUE_TEXT;
		o[i].flags = &flag;
		o[i].notes = &note;
		o[i].n_flags = o[i].n_notes = 1;
	}
	release_empty_removed(&r);
	ok(o[0].value.kind == VALUE_TEXT && o[0].n_flags == 1 &&
	    o[3].value.kind == VALUE_TEXT && o[3].n_notes == 1,
	    "R34 what is not taken back stays whole");
	ok(o[1].value.kind == VALUE_ABSENT && o[1].n_flags == 0 &&
	    o[1].n_notes == 0, "R34 nothing is left of what was wrong");
	ok(o[2].value.kind == VALUE_ABSENT && o[2].n_flags == 0 &&
	    o[2].n_notes == 1 && o[2].status == OBSERVATION_CANCELLED,
	    "R34 what was cancelled says so, and may say why");
}

static void
test_leaving_out(void)
{
	struct observation first[3] = { { .sub_id = span_of("1") },
	    { .is_confirmed = true }, { .sub_id = span_of("3") } };
	struct observation second[1] = { { .is_confirmed = true } };
	struct panel panels[4] = {
		{ .observations = first, .n_observations = 3,
		  .parent_panel = -1, .parent_observation = -1 },
		{ .observations = second, .n_observations = 1,
		  .parent_panel = 0, .parent_observation = 2 },
		{ .parent_panel = 0, .parent_observation = 1 },
		{ .parent_panel = 0, .parent_observation = 0 },
	};
	struct report r = { .panels = panels, .n_panels = 4 };

	release_leave_out_confirmed(&r);
	ok(panels[0].n_observations == 2 && span_is(first[0].sub_id, "1") &&
	    span_is(first[1].sub_id, "3") && panels[1].n_observations == 0,
	    "R31 lines that only confirm are left out");
	ok(panels[0].parent_observation == -1 &&
	    panels[1].parent_observation == 1 &&
	    panels[2].parent_observation == -1 &&
	    panels[3].parent_observation == 0,
	    "and parents are found where they went");
}

static void
test_hidden(void)
{
	struct release_sum sum = { 0 };
	struct release_line line = line_of("F", "F");
	struct report r = { 0 };

	release_add(&sum, &line);
	release_hide(&sum, "INVISIBLE_PATIENT");
	release_decide(&sum, 0, &r);
	ok(r.release == RELEASE_WITHHOLD && r.status == BUNDLE_FINAL &&
	    strcmp(r.release_reason, "INVISIBLE_PATIENT") == 0 &&
	    r.holds == HOLD_HIDDEN,
	    "R30 a hidden document is not delivered");
	line = line_of("W", "F");
	release_add(&sum, &line);
	release_decide(&sum, 0, &r);
	ok(r.release == RELEASE_INCIDENT, "but still withdrawn");
}

static void
test_delay(void)
{
	static const struct {
		uint64_t now_s, opens_s;
		const char *claim;
	} row[] = {
		{ SATURDAY_S, SATURDAY_S + 2 * 86400, "Saturday: Monday" },
		{ SATURDAY_S - 86400, SATURDAY_S + 2 * 86400, "Friday: Monday" },
		{ SATURDAY_S + 86400, SATURDAY_S + 2 * 86400, "Sunday: Monday" },
		{ SATURDAY_S + 2 * 86400, SATURDAY_S + 3 * 86400,
		    "Monday: Tuesday" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct release_sum sum = { 0 };
		struct release_line line = line_of("F", "F");
		struct report r = { 0 };

		line.category = span_of("SID");
		release_add(&sum, &line);
		release_decide(&sum, row[i].now_s * 1000, &r);
		ok(r.release == RELEASE_DELIVER && r.opens_s == row[i].opens_s,
		    "delayed from %s", row[i].claim);
	}
}

static void
test_empty(void)
{
	struct release_sum sum = { 0 };
	struct release_line line = { 0 };

	ok(!release_has_lines(&sum), "nothing said");
	release_add(&sum, &line);
	ok(!release_has_lines(&sum), "an OBR that only groups says nothing");
	line = line_of("X", "");
	release_add(&sum, &line);
	ok(release_has_lines(&sum), "even X says something");
}

static void
test_statuses(void)
{
	static const struct {
		const char *code;
		enum observation_status result, order;
	} row[] = {
		{ "F", OBSERVATION_FINAL, OBSERVATION_FINAL },
		{ "C", OBSERVATION_CORRECTED, OBSERVATION_CORRECTED },
		{ "A", OBSERVATION_AMENDED, OBSERVATION_PRELIMINARY },
		{ "D", OBSERVATION_ENTERED_IN_ERROR, OBSERVATION_UNKNOWN },
		{ "W", OBSERVATION_ENTERED_IN_ERROR, OBSERVATION_UNKNOWN },
		{ "X", OBSERVATION_CANCELLED, OBSERVATION_CANCELLED },
		{ "I", OBSERVATION_REGISTERED, OBSERVATION_REGISTERED },
		{ "P", OBSERVATION_PRELIMINARY, OBSERVATION_PRELIMINARY },
		{ "", OBSERVATION_UNKNOWN, OBSERVATION_UNKNOWN },
		{ "FF", OBSERVATION_UNKNOWN, OBSERVATION_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(release_result_status(span_of(row[i].code)) == row[i].result
		    && release_order_status(span_of(row[i].code)) ==
		    row[i].order, "status \"%s\" in FHIR", row[i].code);
}

int
main(void)
{
	test_result_by_order();
	test_release_category();
	test_two_flags_are_not_normal();
	test_orders();
	test_genetics();
	test_genetic_words();
	test_reports();
	test_u_with_a_document();
	test_holds_are_summed();
	test_emptying();
	test_leaving_out();
	test_hidden();
	test_delay();
	test_empty();
	test_statuses();
	return done_testing();
}
