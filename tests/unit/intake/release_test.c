#include "intake/release.h"

#include <stdio.h>

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
	/* d: deliver, h: withhold, v: void, w: wrong patient */
	static const char *const expected[COUNT(obx)] = {
		"dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv",
		"dddhhhhhhhhhhhv", "dddhhhhhhhhhhhv",
		"hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"hhhhhhhhhhhhhhv", "hddhhhhhhhhhhhv", "hhhhhhhhhhhhhhv",
		"vvvvvvvvvvvvvvv", "vvvvvvvvvvvvvvv", "wwwwwwwwwwwwwww",
	};
	static const enum verdict of[] = { ['d'] = VERDICT_DELIVER,
	    ['h'] = VERDICT_WITHHOLD, ['v'] = VERDICT_VOID,
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
		ok(wrong == 0, "OBX-11 \"%s\" under every OBR-25 (R31)", obx[i]);
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
		    "OBX-26 \"%s\", OBX-8 \"%s\" (R30)", row[i].category,
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
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct report r = report_of(row[i].lines, "F");

		ok(r.release == row[i].release && r.status == row[i].status &&
		    (r.release == RELEASE_DELIVER) ==
		    (r.release_reason == NULL), "lines %s (R31, R32)",
		    row[i].lines);
	}
	ok(report_of("F", "X").release == RELEASE_WITHDRAW, "OBR-25 X");
	ok(report_of("F", "C").status == BUNDLE_CORRECTED, "OBR-25 C");
	ok(report_of("F", "P").status == BUNDLE_PRELIMINARY, "OBR-25 P");
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
	    strcmp(r.release_reason, "INVISIBLE_PATIENT") == 0,
	    "a hidden document is not delivered (R30)");
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
	test_reports();
	test_hidden();
	test_delay();
	test_empty();
	test_statuses();
	return done_testing();
}
