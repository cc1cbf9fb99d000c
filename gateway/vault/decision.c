#include "vault/decision.h"

#include "base/log.h"
#include "vault/decisions.def"

struct row {
	enum known_case   known;
	enum comes_case   comes;
	enum who_case     who;
	enum age_case     age;
	enum says_case    says;
	enum touches_case touches;
	struct decision   then;
};

static const struct row rows[] = {
#define ROW(known, comes, who, age, says, touches, decision, why) \
	{ KNOWN_##known, COMES_##comes, WHO_##who, AGE_##age, SAYS_##says, \
	  TOUCHES_##touches, { REPORT_##decision, why } },
	DECISIONS(ROW)
#undef ROW
};

const size_t decision_rows = COUNT(rows);

static bool
fits(const struct row *r, const struct decision_case *c)
{
	return (r->known & c->known) != 0 && (r->comes & c->comes) != 0
	    && (r->who & c->who) != 0 && (r->age & c->age) != 0
	    && (r->says & c->says) != 0 && (r->touches & c->touches) != 0;
}

/* See decision.h. */
size_t
decision_row(const struct decision_case *c)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (fits(&rows[i], c))
			return i;
	}
	unexpected("a case that no row of decisions.def has", 0);
}

/* See decision.h. */
struct decision
decision_find(const struct decision_case *c)
{
	return rows[decision_row(c)].then;
}
