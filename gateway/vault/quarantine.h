/*
 * quarantine.h -- what a person has to look at: a message whose patient or
 * card cannot be right.  Of the message nothing is kept but who sent it, when
 * and why; the LIS sends it again once the desk has cleared the row.
 */
#ifndef VAULT_QUARANTINE_H
#define VAULT_QUARANTINE_H

#include "vault/delivery.h"

/* What was done to the report with it. */
struct quarantined {
	bool     blocks;	/* nothing under its key is taken any more */
	unsigned revoked;
	uint64_t reads;
	const uint8_t *bid;	/* the newest bundle's; NULL: none */
};

/* Within a transaction: a row and an audit record.  As sql_run(). */
MUST_CHECK enum status
quarantine_add(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct quarantined *q);

/* Within a transaction: the LIS has withdrawn the report.  As sql_run(). */
MUST_CHECK enum status
quarantine_end(struct vault *v, const uint8_t key[static 32]);

/* The desk's messages. */
void on_quarantine_list(struct vault *v, const struct message *m);
extern const struct job_kind quarantine_clear_job;

#endif
