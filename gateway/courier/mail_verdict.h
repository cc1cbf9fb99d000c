/*
 * mail_verdict.h -- what a mail server's reply means for a notice: which is
 * about the server, which about this address.  Pure; a table.
 */
#ifndef COURIER_MAIL_VERDICT_H
#define COURIER_MAIL_VERDICT_H

#include "ipc/outbox.h"
#include "wire/smtp.h"

/* What was asked last, in the order of a session. */
enum mail_step {
	MAIL_GREETING, MAIL_EHLO, MAIL_STARTTLS, MAIL_AUTH, MAIL_FROM,
	MAIL_RCPT, MAIL_DATA, MAIL_BODY, MAIL_STEPS
};

struct mail_verdict {
	bool goes_on;			/* what was asked for; else: */
	enum outbox_outcome outcome;	/* DOWN, RETRY or REFUSED */
	const char *why;		/* our own words, static */
};

struct mail_verdict
mail_judge(enum mail_step step, const struct smtp_reply *reply);

#endif
