/*
 * Every case of decisions.def: 6 x 7 x 2 x 3 x 2 x 3 = 1512 of them, each with
 * the letter of its decision.  The letters were read one by one; below stand
 * the rules that they must never break, whatever they say.
 */
#include "vault/decision.h"

#include "tap.h"

enum { KNOWNS = 6, COMES = 7, CELLS = 18 };

static const char *const known_name[KNOWNS] = { "nothing", "open",
    "preliminary", "held", "withdrawn", "quarantined" };
static const char *const comes_name[COMES] = { "deliver", "preliminary",
    "held", "confirm", "withdraw", "incident", "quarantine" };

/* SEAL, same, old, Revoke, Unknown, Quarantine, Aside, Confirm, nothing. */
static const char letters[] = "SsoRUQACn";

/*
 * In a column of 18: older, the same age, newer; of each six: the content of
 * something stored, other content; of each three: covers, overlaps, disjoint.
 */
static const struct {
	const char *same_patient, *another;
} want[KNOWNS][COMES] = {
	{ /* nothing is known */
		{ "ooooooSSSSSSSSSSSS", "ooooooSSSSSSSSSSSS" }, /* deliver */
		{ "ooooooSSSSSSSSSSSS", "ooooooSSSSSSSSSSSS" }, /* preliminary */
		{ "ooooooSSSSSSSSSSSS", "ooooooSSSSSSSSSSSS" }, /* held */
		{ "nnnnnnnnnnnnnnnnnn", "nnnnnnnnnnnnnnnnnn" }, /* confirm */
		{ "UUUUUUUUUUUUUUUUUU", "UUUUUUUUUUUUUUUUUU" }, /* withdraw */
		{ "UUUUUUUUUUUUUUUUUU", "UUUUUUUUUUUUUUUUUU" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
	{ /* open is known */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* deliver */
		{ "oosooSsssooSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* preliminary */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* held */
		{ "oooooonnnnnnnnnnnn", "QQQQQQQQQQQQQQQQQQ" }, /* confirm */
		{ "ooooooRRRRRRRRRRRR", "ooooooRRRRRRRRRRRR" }, /* withdraw */
		{ "RRRRRRRRRRRRRRRRRR", "RRRRRRRRRRRRRRRRRR" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
	{ /* preliminary is known */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* deliver */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* preliminary */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* held */
		{ "ooooooCCnCCnCCnCCn", "QQQQQQQQQQQQQQQQQQ" }, /* confirm */
		{ "ooooooRRRRRRRRRRRR", "ooooooRRRRRRRRRRRR" }, /* withdraw */
		{ "RRRRRRRRRRRRRRRRRR", "RRRRRRRRRRRRRRRRRR" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
	{ /* held is known */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* deliver */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* preliminary */
		{ "oosooSsssSSSsssSSS", "QQQQQQQQQQQQQQQQQQ" }, /* held */
		{ "oooooonnnnnnnnnnnn", "QQQQQQQQQQQQQQQQQQ" }, /* confirm */
		{ "ooooooRRRRRRRRRRRR", "ooooooRRRRRRRRRRRR" }, /* withdraw */
		{ "RRRRRRRRRRRRRRRRRR", "RRRRRRRRRRRRRRRRRR" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
	{ /* withdrawn is known */
		{ "sssooosssooosssSSS", "QQQQQQSSSSSSSSSSSS" }, /* deliver */
		{ "sssooosssooosssSSS", "QQQQQQSSSSSSSSSSSS" }, /* preliminary */
		{ "sssooosssooosssSSS", "QQQQQQSSSSSSSSSSSS" }, /* held */
		{ "oooooonnnnnnnnnnnn", "QQQQQQQQQQQQQQQQQQ" }, /* confirm */
		{ "ooooooRRRRRRRRRRRR", "ooooooRRRRRRRRRRRR" }, /* withdraw */
		{ "RRRRRRRRRRRRRRRRRR", "RRRRRRRRRRRRRRRRRR" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
	{ /* quarantined is known */
		{ "QQQQQQQQQQQQQQQQQQ", "QQQQQQQQQQQQQQQQQQ" }, /* deliver */
		{ "QQQQQQQQQQQQQQQQQQ", "QQQQQQQQQQQQQQQQQQ" }, /* preliminary */
		{ "QQQQQQQQQQQQQQQQQQ", "QQQQQQQQQQQQQQQQQQ" }, /* held */
		{ "QQQQQQQQQQQQQQQQQQ", "QQQQQQQQQQQQQQQQQQ" }, /* confirm */
		{ "ooooooRRRRRRRRRRRR", "ooooooRRRRRRRRRRRR" }, /* withdraw */
		{ "RRRRRRRRRRRRRRRRRR", "RRRRRRRRRRRRRRRRRR" }, /* incident */
		{ "AAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA" }, /* quarantine */
	},
};

static const char *
rule_of(size_t known, size_t comes)
{
	/* The corner of the matrix, in the checklist's numbers. */
	if (comes == 4 || comes == 5 || known == 4)
		return "R32";
	if (comes == 6 || known == 5)
		return "R33";
	return "R31";
}

static struct decision_case
case_of(size_t known, size_t comes, size_t who, size_t cell)
{
	struct decision_case c = {
		.known = (enum known_case)(1 << known),
		.comes = (enum comes_case)(1 << comes),
		.who = (enum who_case)(1 << who),
		.age = (enum age_case)(1 << cell / 6),
		.says = (enum says_case)(1 << cell / 3 % 2),
		.touches = (enum touches_case)(1 << cell % 3),
	};

	return c;
}

static void
decide_all(size_t known, size_t comes, size_t who, char out[CELLS + 1])
{
	for (size_t i = 0; i < CELLS; i++) {
		struct decision_case c = case_of(known, comes, who, i);

		out[i] = letters[decision_find(&c).decision];
	}
	out[CELLS] = '\0';
}

static void
test_column(size_t known, size_t comes)
{
	char same[CELLS + 1], another[CELLS + 1];

	decide_all(known, comes, 0, same);
	decide_all(known, comes, 1, another);
	ok(strcmp(same, want[known][comes].same_patient) == 0,
	    "%s known: %s, comes: %s", rule_of(known, comes),
	    known_name[known], comes_name[comes]);
	ok(strcmp(another, want[known][comes].another) == 0,
	    "R33 known: %s, comes: %s, for another patient",
	    known_name[known], comes_name[comes]);
}

/* --- what must hold whatever the table says -------------------------------- */

static bool
for_all(bool (*holds)(const struct decision_case *c, enum report_decision d))
{
	for (size_t i = 0; i < (size_t)KNOWNS * COMES * 2 * CELLS; i++) {
		size_t cell = i % CELLS, rest = i / CELLS;
		struct decision_case c = case_of(rest / 2 / COMES,
		    rest / 2 % COMES, rest % 2, cell);

		if (!holds(&c, decision_find(&c).decision))
			return false;
	}
	return true;
}

static bool
only_results_seal(const struct decision_case *c, enum report_decision d)
{
	return d != REPORT_SEAL || (c->comes & COMES_RESULT) != 0;
}

static bool
another_seals_only_after_withdrawal(const struct decision_case *c,
    enum report_decision d)
{
	return c->who != WHO_ANOTHER || d != REPORT_SEAL
	    || c->known == KNOWN_NOTHING || c->known == KNOWN_WITHDRAWN;
}

static bool
older_never_overwrites(const struct decision_case *c, enum report_decision d)
{
	return c->age != AGE_OLDER || d != REPORT_SEAL
	    || c->touches == TOUCHES_DISJOINT;
}

static bool
withdrawn_stays_until_newer(const struct decision_case *c,
    enum report_decision d)
{
	return c->known != KNOWN_WITHDRAWN || c->who != WHO_SAME
	    || d != REPORT_SEAL || c->age == AGE_NEWER;
}

static bool
incident_always_takes_back(const struct decision_case *c,
    enum report_decision d)
{
	return c->comes != COMES_INCIDENT || d == (c->known == KNOWN_NOTHING
	    ? REPORT_UNKNOWN : REPORT_REVOKE);
}

static bool
quarantine_opens_for_nobody(const struct decision_case *c,
    enum report_decision d)
{
	return c->known != KNOWN_QUARANTINED
	    || (d != REPORT_SEAL && d != REPORT_CONFIRM);
}

static bool
confirm_only_what_waits(const struct decision_case *c, enum report_decision d)
{
	return d != REPORT_CONFIRM || (c->comes == COMES_CONFIRM
	    && c->known == KNOWN_PRELIMINARY && c->who == WHO_SAME
	    && c->age != AGE_OLDER);
}

static bool
aside_touches_nothing(const struct decision_case *c, enum report_decision d)
{
	return (c->comes == COMES_QUARANTINE) == (d == REPORT_ASIDE);
}

static void
test_laws(void)
{
	ok(for_all(only_results_seal), "R31 only a result makes a bundle");
	ok(for_all(older_never_overwrites),
	    "R31 what is older never replaces what is newer");
	ok(for_all(confirm_only_what_waits),
	    "R31 U opens only what waits for it");
	ok(for_all(withdrawn_stays_until_newer),
	    "R32 what was withdrawn stays so until something newer comes");
	ok(for_all(incident_always_takes_back),
	    "R32 W takes back every version");
	ok(for_all(another_seals_only_after_withdrawal),
	    "R33 another patient's result never follows one that is open");
	ok(for_all(quarantine_opens_for_nobody),
	    "R33 in quarantine nothing is taken or opened");
	ok(for_all(aside_touches_nothing),
	    "R33 what intake quarantines touches nothing, and only that");
}

/* A row that never counts is a rule that somebody believes in. */
static void
test_rows(void)
{
	bool used[64] = { false };
	size_t n = 0;

	for (size_t i = 0; i < (size_t)KNOWNS * COMES * 2 * CELLS; i++) {
		size_t rest = i / CELLS;
		struct decision_case c = case_of(rest / 2 / COMES,
		    rest / 2 % COMES, rest % 2, i % CELLS);

		used[decision_row(&c)] = true;
	}
	for (size_t i = 0; i < decision_rows; i++)
		n += used[i];
	ok(n == decision_rows, "every row of the table decides a case");
}

int
main(void)
{
	for (size_t known = 0; known < KNOWNS; known++) {
		for (size_t comes = 0; comes < COMES; comes++)
			test_column(known, comes);
	}
	test_laws();
	test_rows();
	return done_testing();
}
