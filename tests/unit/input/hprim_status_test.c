/* HPRIM Santé: what may be handed out (release matrix, lis.md 2.6). */
#include "hprim_file.h"
#include "tap.h"

static const struct report *
report(void)
{
	return &parsed.reports[0];
}

/* One OBX with this 10.12 and value under an OBR with this 9.26. */
static enum status
with(const char *result, const char *value, const char *order)
{
	char text[1024];

	snprintf(text, sizeof(text), H P "OBR|1||~D1|GLY|||||||||||||||||||||"
	    "%s\nOBX|1|NM|GLY~Glucose~L||%s|g/l||N|||%s\n" L, order, value,
	    result);
	return sante(text);
}

/* --- the matrix ---------------------------------------------------------- */

static void
test_results(void)
{
	static const struct {
		const char *code;
		enum release release;
		enum bundle_status status;
		enum observation_status observation;
	} row[] = {
		{ "", RELEASE_DELIVER, BUNDLE_FINAL, OBSERVATION_FINAL },
		{ "F", RELEASE_DELIVER, BUNDLE_FINAL, OBSERVATION_FINAL },
		{ "C", RELEASE_DELIVER, BUNDLE_CORRECTED,
		    OBSERVATION_CORRECTED },
		{ "U", RELEASE_DELIVER, BUNDLE_FINAL, OBSERVATION_FINAL },
		{ "P", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY,
		    OBSERVATION_PRELIMINARY },
		{ "R", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY,
		    OBSERVATION_PRELIMINARY },
		{ "I", RELEASE_WITHHOLD, BUNDLE_PRELIMINARY,
		    OBSERVATION_REGISTERED },
		{ "D", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN,
		    OBSERVATION_ENTERED_IN_ERROR },
		{ "X", RELEASE_WITHDRAW, BUNDLE_WITHDRAWN,
		    OBSERVATION_CANCELLED },
		{ "Z", RELEASE_WITHHOLD, BUNDLE_FINAL, OBSERVATION_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(with(row[i].code, "5.1", "F") == ST_OK &&
		    report()->release == row[i].release &&
		    report()->status == row[i].status &&
		    report()->panels[0].observations[0].status ==
		    row[i].observation &&
		    (report()->release == RELEASE_DELIVER ||
		    report()->release_reason != NULL),
		    "R31 10.12 \"%s\"%s", row[i].code,
		    row[i].code[0] == '\0' ? ", which is F (R35)" : "");
	ok(with("", "5.1", "F") == ST_OK &&
	    report()->release == RELEASE_DELIVER, "R35 an empty 10.12 is F");
}

static void
test_orders(void)
{
	static const struct {
		const char *code;
		enum release release;
	} row[] = {
		{ "", RELEASE_DELIVER }, { "F", RELEASE_DELIVER },
		{ "M", RELEASE_DELIVER }, { "C", RELEASE_DELIVER },
		{ "P", RELEASE_WITHHOLD }, { "R", RELEASE_WITHHOLD },
		{ "I", RELEASE_WITHHOLD }, { "O", RELEASE_WITHHOLD },
		{ "D", RELEASE_WITHDRAW }, { "X", RELEASE_WITHDRAW },
		{ "Z", RELEASE_WITHHOLD },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(with("F", "5.1", row[i].code) == ST_OK &&
		    report()->release == row[i].release, "R31 9.26 \"%s\"",
		    row[i].code);
	ok(with("F", "5.1", "M") == ST_OK &&
	    report()->status == BUNDLE_CORRECTED,
	    "R31 9.26 M is a corrected report");
}

static void
test_confirmation(void)
{
	const struct observation *o;

	ok(with("U", "", "F") == ST_OK && report()->release == RELEASE_CONFIRM,
	    "R31 U without a value confirms the one that came before");
	o = &report()->panels[0].observations[0];
	ok(o->is_confirmed && o->value.kind == VALUE_ABSENT, "and brings none");
	ok(with("U", "\"\"", "F") == ST_OK &&
	    report()->release == RELEASE_CONFIRM, "R31 nor does \"\"");
	ok(with("U", "5.1", "F") == ST_OK &&
	    !report()->panels[0].observations[0].is_confirmed &&
	    report()->panels[0].observations[0].value.kind == VALUE_QUANTITY,
	    "R31 U with a value is that value");
}

/* --- several lines ------------------------------------------------------- */

static void
test_mixed(void)
{
	const struct observation *o;

	ok(sante(H P OBR OBX "OBX|2|NM|B||1||||||P\n" L) == ST_OK &&
	    report()->release == RELEASE_WITHHOLD &&
	    report()->holds == HOLD_PRELIMINARY,
	    "R31 one preliminary line withholds the report");
	ok(sante(H P OBR OBX "OBX|2|NM|B||7|||H|||D\n" L) == ST_OK &&
	    report()->release == RELEASE_DELIVER, "R34 one deleted line");
	o = &report()->panels[0].observations[1];
	ok(o->value.kind == VALUE_ABSENT && o->n_flags == 0 &&
	    o->release == RELEASE_WITHDRAW, "R34 keeps nothing of its value");
	ok(sante(H P OBR "OBX|1|NM|A||1||||||X\nOBX|2|NM|B||1||||||D\n" L) ==
	    ST_OK && report()->release == RELEASE_WITHDRAW,
	    "R32 nothing but deleted lines withdraws the report");
	ok(sante(H P "OBR|1||~D1|A|||||||C\n" L) == ST_OK &&
	    report()->release == RELEASE_WITHDRAW,
	    "R32 so does an OBR that 9.12 cancels, without lines");
	ok(sante(H P "OBR|1||~D1|A|||||||C\nOBX|1|NM|A||1||||||X\n" L) == ST_OK
	    && report()->release == RELEASE_WITHDRAW,
	    "R32 or with cancelled ones");
	ok(sante(H P OBR OBX "OBR|2||~DOS1|B\nOBX|1|NM|B||1||||||I\n" L) == ST_OK
	    && report()->release == RELEASE_WITHHOLD,
	    "R31 one pending request withholds the others of its 9.4.2");
	ok(sante(H P OBR OBX "OBR|2||~D2|B\nOBX|1|NM|B||1||||||I\n" L) == ST_OK
	    && parsed.reports[0].release == RELEASE_DELIVER &&
	    parsed.reports[1].release == RELEASE_WITHHOLD,
	    "R31 but not those of another");
}

static void
test_holds(void)
{
	ok(sante(H "P|1||4711||MARTIN||||||||||||||||||||||||||C\n" OBR OBX L)
	    == ST_OK && report()->release == RELEASE_WITHHOLD &&
	    report()->holds == HOLD_HIDDEN,
	    "R30 a confidential patient (8.32): nothing is handed out");
	ok(sante(H P OBR "OBX|1|ST|21636-6~BRCA1~LOINC||+||||||F\n"
	    "OBX|2|ST|21639-0~BRCA1~LOINC||+||||||F\n" L) == ST_OK &&
	    report()->release == RELEASE_WITHHOLD &&
	    (report()->holds & HOLD_GENETIC) != 0 &&
	    report()->release_reason != NULL, "a genetic test is held");
	ok(sante(H P "OBR|1||~D1|GLY~Glucose~L^21639-0~BRCA1~LOINC\n" OBX L) ==
	    ST_OK && report()->release == RELEASE_WITHHOLD &&
	    (report()->exams & EXAMS_GENETICS) != 0,
	    "wherever it stands in 9.5");
}

int
main(void)
{
	source_init();
	test_results();
	test_orders();
	test_confirmation();
	test_mixed();
	test_holds();
	return done_testing();
}
