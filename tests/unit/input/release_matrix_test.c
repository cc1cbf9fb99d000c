/* The whole release matrix, as messages: every OBX-11 under every OBR-25, ORC-1,
 * OBX-8, OBX-26 and MSH-11, parsed and decided, against what release.md and
 * lis.md 2.3 say column by column.  The columns below were written from those
 * texts, not from the tables of input/release.c. */
#include "message.h"

#include "tap.h"

/* What a value of one column means by itself. */
enum says {
	FINE, PRELIMINARY, UNKNOWN, FLAGGED, CATEGORY,	/* and held */
	CONFIRMS, GONE, WRONG, ASKS_ORDER, ASKS_RANGE, NEXT_DAY,
	NEXT_DAY_UNLESS_NORMAL, REFUSED
};

struct column {
	const char *value;
	enum says says;
};

static const struct column results[] = {
	{ "F", FINE }, { "C", FINE }, { "A", FINE }, { "B", FINE },
	{ "V", FINE }, { "P", PRELIMINARY }, { "R", PRELIMINARY },
	{ "S", PRELIMINARY }, { "I", PRELIMINARY }, { "O", PRELIMINARY },
	{ "N", PRELIMINARY }, { "U", CONFIRMS }, { "", ASKS_ORDER },
	{ "unknown", UNKNOWN }, { "f", UNKNOWN }, { "D", GONE },
	{ "X", GONE }, { "W", WRONG },
};

static const struct column orders[] = {
	{ "", FINE }, { "F", FINE }, { "C", FINE }, { "A", PRELIMINARY },
	{ "I", PRELIMINARY }, { "M", PRELIMINARY }, { "N", PRELIMINARY },
	{ "O", PRELIMINARY }, { "P", PRELIMINARY }, { "R", PRELIMINARY },
	{ "S", PRELIMINARY }, { "Y", UNKNOWN }, { "Z", UNKNOWN },
	{ "?", UNKNOWN }, { "X", GONE },
};

static const struct column controls[] = {
	{ "", FINE }, { "RE", FINE }, { "CA", GONE },
};

static const struct column flags[] = {
	{ "", FINE }, { "N", FINE }, { "H", FINE }, { "N~H", FINE },
	{ "HM", FLAGGED }, { "QCF", FLAGGED }, { "L~HM", FLAGGED },
};

static const struct column categories[] = {
	{ "", FINE }, { "SIMM", FINE }, { "SID", NEXT_DAY },
	{ "SIDC", ASKS_RANGE }, { "SWNL", NEXT_DAY_UNLESS_NORMAL },
	{ "STBD", CATEGORY }, { "SWTH", CATEGORY }, { "NEW", CATEGORY },
};

static const struct column processing[] = {
	{ "P", FINE }, { "", FINE }, { "T", REFUSED }, { "D", REFUSED },
};

/* One message: an index into each column. */
struct point {
	const struct column *result, *order, *control, *flag, *category,
	    *processing;
};

struct expected {
	bool refused, delayed;
	enum release release;
	unsigned holds;
};

static unsigned
hold_of(enum says says)
{
	static const unsigned hold[] = {
		[PRELIMINARY] = HOLD_PRELIMINARY, [UNKNOWN] = HOLD_UNKNOWN,
		[FLAGGED] = HOLD_FLAG, [CATEGORY] = HOLD_CATEGORY,
		[REFUSED] = 0,
	};

	return hold[says];
}

static struct expected
expect(const struct point *p)
{
	bool normal = strcmp(p->flag->value, "N") == 0;
	enum says range = p->category->says;
	struct expected e = { .refused = p->processing->says == REFUSED };

	if (p->result->says == WRONG || p->result->says == GONE ||
	    p->order->says == GONE || p->control->says == GONE) {
		e.release = p->result->says == WRONG ? RELEASE_INCIDENT
		    : RELEASE_WITHDRAW;
		return e;
	}
	if (range == ASKS_RANGE)
		range = normal ? NEXT_DAY : CATEGORY;
	if (range == NEXT_DAY_UNLESS_NORMAL)
		range = normal ? FINE : NEXT_DAY;
	e.holds = hold_of(p->result->says) | hold_of(p->order->says) |
	    hold_of(p->flag->says) | hold_of(range);
	if (p->result->says == ASKS_ORDER && p->order->value[0] != 'F' &&
	    p->order->value[0] != 'C')
		e.holds |= HOLD_UNKNOWN;
	e.delayed = range == NEXT_DAY && e.holds == 0;
	e.release = p->result->says == CONFIRMS ? RELEASE_CONFIRM
	    : e.holds != 0 ? RELEASE_WITHHOLD : RELEASE_DELIVER;
	return e;
}

static enum status
parse_point(const struct point *p)
{
	static char text[1024];

	snprintf(text, sizeof(text), "MSH|^~\\&|SIL|LABO|G|B|20261121073000||"
	    "ORU^R01|M1|%s|2.8\nPID|1||P1^^^L^PI||MARTIN^ZOE||19790328|F\n"
	    "ORC|%s\nOBR|1|PL1|FI1|GLU^Glycemie^L||||||||||||||||||"
	    "20261121072500||CH|%s\nOBX|1|NM|GLU^Glucose^L||5.10|mmol/L|"
	    "3.9-5.5|%s|||%s|||||||||||||||%s\n", p->processing->value,
	    p->control->value, p->order->value, p->flag->value,
	    p->result->value, p->category->value);
	return parse_text(text);
}

static bool
is_as_expected(const struct point *p)
{
	struct expected e = expect(p);
	enum status st = parse_point(p);
	const struct report *r;

	if (e.refused)
		return st == ST_INVALID && parsed.reply.code == HL7_AR &&
		    parsed.reply.error == 202 && parsed.n_reports == 0;
	if (st != ST_OK || parsed.n_reports != 1)
		return false;
	r = &parsed.reports[0];
	return r->release == e.release && r->holds == e.holds &&
	    (r->opens_s != 0) == e.delayed &&
	    (r->release == RELEASE_DELIVER) == (r->release_reason == NULL);
}

/* Nothing of what is taken back is left; what is confirmed is marked. */
static bool
is_emptied(const struct point *p)
{
	const struct panel *panel = &parsed.reports[0].panels[0];
	bool gone = p->result->says == WRONG || p->result->says == GONE ||
	    p->order->says == GONE || p->control->says == GONE;

	if (panel->n_observations == 0)
		return p->result->value[0] == 'N';
	return (panel->observations[0].value.kind == VALUE_ABSENT) == gone &&
	    panel->observations[0].is_confirmed ==
	    (p->result->says == CONFIRMS);
}

static unsigned
check_flags_and_categories(struct point p, unsigned *wrong)
{
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(flags) * COUNT(categories); i++) {
		p.flag = &flags[i % COUNT(flags)];
		p.category = &categories[i / COUNT(flags)];
		n++;
		if (is_as_expected(&p) &&
		    (parsed.n_reports == 0 || is_emptied(&p)))
			continue;
		if ((*wrong)++ < 5)
			printf("# OBX-11 %s OBR-25 %s ORC-1 %s OBX-8 %s OBX-26 "
			    "%s MSH-11 %s\n", p.result->value, p.order->value,
			    p.control->value, p.flag->value,
			    p.category->value, p.processing->value);
	}
	return n;
}

static void
test_result(const struct column *result)
{
	unsigned n = 0, wrong = 0;

	for (size_t i = 0; i < COUNT(orders); i++)
		for (size_t k = 0; k < COUNT(controls); k++)
			for (size_t m = 0; m < COUNT(processing); m++)
				n += check_flags_and_categories((struct point){
				    .result = result, .order = &orders[i],
				    .control = &controls[k],
				    .processing = &processing[m] }, &wrong);
	ok(wrong == 0, "R31 OBX-11 \"%s\" in %u combinations", result->value, n);
}

static void
test_columns(void)
{
	struct point p = { &results[0], &orders[1], &controls[0], &flags[0],
	    &categories[0], &processing[0] };

	for (size_t i = 0; i < COUNT(flags); i++) {
		p.flag = &flags[i];
		ok(is_as_expected(&p), "R30 OBX-8 \"%s\"", flags[i].value);
	}
	p.flag = &flags[0];
	for (size_t i = 0; i < COUNT(categories); i++) {
		p.category = &categories[i];
		ok(is_as_expected(&p), "R30 OBX-26 \"%s\"",
		    categories[i].value);
	}
	p.category = &categories[0];
	source.production = false;
	p.processing = &processing[2];
	ok(parse_point(&p) == ST_OK, "R15 MSH-11 T on a source set to test");
	source.production = true;
	for (size_t i = 0; i < COUNT(processing); i++) {
		p.processing = &processing[i];
		ok(is_as_expected(&p), "R15 MSH-11 \"%s\" in production",
		    processing[i].value);
	}
}

int
main(void)
{
	source_init();
	test_columns();
	for (size_t i = 0; i < COUNT(results); i++)
		test_result(&results[i]);
	arena_clear(&arena);
	return done_testing();
}
