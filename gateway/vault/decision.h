/*
 * decision.h -- what becomes of a message about a report (design: lis.md 2.6).
 *
 * A pure look-up in decisions.def, so that an auditor can read every rule
 * in one place; report.c finds out which case it is.
 * Never: reads the database, a clock, a value.
 */
#ifndef VAULT_DECISION_H
#define VAULT_DECISION_H

#include "base/span.h"

/* What is stored.  Each is a bit, so that a row can name several. */
enum known_case {
	KNOWN_NOTHING     = 1,	/* or the desk cleared it: but for its age */
	KNOWN_OPEN        = 2,	/* no open bundle is withheld */
	KNOWN_PRELIMINARY = 4,	/* a bundle waits for its confirmation */
	KNOWN_HELD        = 8,	/* none does; one is withheld otherwise */
	KNOWN_WITHDRAWN   = 16,	/* by the LIS or at the desk */
	KNOWN_QUARANTINED = 32,	/* two identities under one key */
	KNOWN_ANYTHING    = 63
};

/* What the message wants. */
enum comes_case {
	COMES_DELIVER     = 1,
	COMES_PRELIMINARY = 2,	/* withheld until it is final */
	COMES_HELD        = 4,	/* withheld for another reason as well */
	COMES_CONFIRM     = 8,	/* OBX-11 U: final as it was sent */
	COMES_WITHDRAW    = 16,
	COMES_INCIDENT    = 32,	/* posted for the wrong patient */
	COMES_QUARANTINE  = 64,	/* intake could not tell whose it is */
	COMES_RESULT      = COMES_DELIVER | COMES_PRELIMINARY | COMES_HELD,
	COMES_TAKES_BACK  = COMES_WITHDRAW | COMES_INCIDENT,
	COMES_ANY         = 127
};

/* The patient: the stored report's, or somebody else. */
enum who_case { WHO_SAME = 1, WHO_ANOTHER = 2, WHO_ANYBODY = 3 };

/* Against the newest version of what it touches; where it touches nothing,
 * or the report is withdrawn, against the report's newest. */
enum age_case {
	AGE_OLDER = 1, AGE_EQUAL = 2, AGE_NEWER = 4,
	AGE_NOT_NEWER = 3, AGE_NOT_OLDER = 6, AGE_WHENEVER = 7
};

/* Content, release and card are those of something stored. */
enum says_case { SAYS_SAME = 1, SAYS_OTHER = 2, SAYS_WHATEVER = 3 };

/* Its lines and those of the open bundles: all lines of one or several are
 * there again, or some, or none (part.h). */
enum touches_case {
	TOUCHES_COVERS = 1, TOUCHES_OVERLAPS = 2, TOUCHES_DISJOINT = 4,
	TOUCHES_TOUCHES = 3, TOUCHES_ANYWHERE = 7
};

enum report_decision {
	REPORT_SEAL,		/* a new bundle; part.h: what goes for it */
	REPORT_SAME,		/* nothing changed */
	REPORT_OLD,		/* a newer version is here already */
	REPORT_REVOKE,		/* withdraw what is there */
	REPORT_UNKNOWN,		/* withdraws what never came: remember that */
	REPORT_QUARANTINE,	/* revoke what is there, take nothing */
	REPORT_ASIDE,		/* touch nothing, take nothing */
	REPORT_CONFIRM,		/* open what was preliminary */
	REPORT_NOTHING		/* a confirmation of nothing */
};

/* One bit each. */
struct decision_case {
	enum known_case   known;
	enum comes_case   comes;
	enum who_case     who;
	enum age_case     age;
	enum says_case    says;
	enum touches_case touches;
};

struct decision {
	enum report_decision decision;
	const char *why;	/* English; static storage */
};

struct decision decision_find(const struct decision_case *c);

/* The rows, for the test that each of them counts. */
extern const size_t decision_rows;
size_t decision_row(const struct decision_case *c);

#endif
