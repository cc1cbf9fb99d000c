#include "fhir/codes.h"

#include "tap.h"

static void
test_section_gives_its_study(void)
{
	ok(strcmp(study_of(span_of("CH"))->loinc, "18719-5") == 0,
	    "CH is chemistry");
	ok(strcmp(study_of(span_of(""))->loinc, "26436-6") == 0,
	    "no section is laboratory studies");
	ok(study_of(span_of("??")) == study_of(span_of("")),
	    "what is unknown shares that row");
}

static void
test_every_status_has_a_code(void)
{
	for (int i = 0; i <= OBSERVATION_UNKNOWN; i++)
		ok(observation_status_code((enum observation_status)i) != NULL &&
		    absent_reason_code((enum observation_status)i) != NULL,
		    "observation status %d", i);
	ok(strcmp(observation_status_code((enum observation_status)99),
	    "unknown") == 0, "a number that is none is unknown");
	ok(strcmp(absent_reason_code(OBSERVATION_CANCELLED),
	    "not-performed") == 0, "cancelled is not performed");
}

static void
test_report_and_composition_agree(void)
{
	static const struct { enum bundle_status s; const char *r, *c; } row[] = {
		{ BUNDLE_FINAL, "final", "final" },
		{ BUNDLE_CORRECTED, "corrected", "amended" },
		{ BUNDLE_APPENDED, "appended", "amended" },
		{ BUNDLE_PRELIMINARY, "preliminary", "preliminary" },
		{ BUNDLE_WITHDRAWN, "entered-in-error", "entered-in-error" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(strcmp(report_status_code(row[i].s), row[i].r) == 0 &&
		    strcmp(composition_status_code(row[i].s), row[i].c) == 0,
		    "%s", row[i].r);
}

static void
test_only_shared_flags_are_coded(void)
{
	ok(is_interpretation(span_of("HH")) && is_interpretation(span_of("<")),
	    "HH and < are the same in both tables");
	ok(!is_interpretation(span_of("MS")) && !is_interpretation(span_of("")) &&
	    !is_interpretation(span_of("null")), "MS, null and nothing are not");
}

int
main(void)
{
	test_section_gives_its_study();
	test_every_status_has_a_code();
	test_report_and_composition_agree();
	test_only_shared_flags_are_coded();
	return done_testing();
}
