/*
 * share.h -- SMART Health Links: aliases that a patient makes for a doctor.
 *
 * Kind U is a file behind an alias, kind P a manifest with a passcode.  An
 * alias is kept as its SHA-256, a passcode as an HMAC.  Wrong passcodes are
 * counted for the alias's whole life, in the transaction that checks them.
 */
#ifndef VAULT_SHARE_H
#define VAULT_SHARE_H

#include "vault/job.h"

enum {
	SHARE_WRONG_MAX  = 10,		/* lifetime, HL7 SHL "passcode" */
	SHARE_PER_BUNDLE = 100,
	TICKET_S         = 3600,	/* location lives an hour at most */
	SHARE_TTL_MIN_S  = 60
};

extern const struct job_kind share_make_job, share_end_job, share_open_job;

/* Answers an alias that is nobody's at once, queues the others. */
void on_share_open(struct vault *v, const struct message *m);

#endif
