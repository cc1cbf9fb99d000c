/*
 * opening.h -- a report of a delivery is opened: whose card is it, and what
 * becomes of it?
 *
 * What is decided here counts what the earlier reports of the same delivery
 * will have stored by then.  A report that another delivery is just changing
 * waits for that one.
 */
#ifndef VAULT_OPENING_H
#define VAULT_OPENING_H

#include "vault/delivery.h"

struct judgement {
	struct report_known known;
	struct meeting met;
	struct decision decision;
	struct card card;
	bool has_card;
};

/*
 * Only looks; `d` NULL: not part of a delivery.
 * ST_OK, ST_NOT_FOUND (no card and no lab card), or as sql_next().
 */
MUST_CHECK enum status
opening_judge(struct vault *v, const struct delivery *d, struct staged *s,
    struct judgement *out);

/* What the decision is to intake: REPORT_OPENED.outcome. */
enum status opening_outcome(enum report_decision decision);

/* A delivery is over: those that waited for it go on. */
void opening_retry(struct vault *v);

void on_report_open(struct vault *v, const struct message *m);
void on_report_probe(struct vault *v, const struct message *m);

#endif
