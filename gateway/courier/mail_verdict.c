#include "courier/mail_verdict.h"

enum { ANY_STEP = MAIL_STEPS, ANY_SUBJECT = 10,
	SUBJECT_SYSTEM = 3, SUBJECT_POLICY = 7 };

/* The first row that fits.  A subject is RFC 3463's: x.3.x is the server,
 * x.7.x its policy, which at a submission server is about the sender. */
static const struct row {
	unsigned step;			/* enum mail_step, or ANY_STEP */
	unsigned from, until, subject;
	struct mail_verdict verdict;
} rows[] = {
#define ON     { true, OUTCOME_DONE, "" }
#define DOWN(why)    { false, OUTCOME_DOWN, why }
#define RETRY(why)   { false, OUTCOME_RETRY, why }
#define REFUSED(why) { false, OUTCOME_REFUSED, why }
	{ MAIL_GREETING, 220, 220, ANY_SUBJECT, ON },
	{ MAIL_EHLO,     250, 250, ANY_SUBJECT, ON },
	{ MAIL_STARTTLS, 220, 220, ANY_SUBJECT, ON },
	{ MAIL_AUTH,     235, 235, ANY_SUBJECT, ON },
	{ MAIL_FROM,     250, 250, ANY_SUBJECT, ON },
	{ MAIL_RCPT,     250, 252, ANY_SUBJECT, ON },
	{ MAIL_DATA,     354, 354, ANY_SUBJECT, ON },
	{ MAIL_BODY,     250, 250, ANY_SUBJECT, ON },

	{ ANY_STEP,      200, 399, ANY_SUBJECT, DOWN("answers out of turn") },
	{ ANY_STEP,      421, 421, ANY_SUBJECT, DOWN("closes the connection") },
	{ ANY_STEP,      530, 530, ANY_SUBJECT,
	    DOWN("wants a log-in: see mail.user") },
	{ MAIL_GREETING, 400, 599, ANY_SUBJECT, DOWN("does not serve us") },
	{ MAIL_EHLO,     400, 599, ANY_SUBJECT, DOWN("refuses EHLO") },
	{ MAIL_STARTTLS, 400, 599, ANY_SUBJECT, DOWN("refuses STARTTLS") },
	{ MAIL_AUTH,     400, 499, ANY_SUBJECT,
	    DOWN("cannot check our password now") },
	{ MAIL_AUTH,     500, 599, ANY_SUBJECT,
	    DOWN("refuses our user or password") },
	{ MAIL_FROM,     400, 499, ANY_SUBJECT, DOWN("takes no mail now") },
	{ MAIL_FROM,     500, 599, ANY_SUBJECT, DOWN("refuses mail.from") },

	{ ANY_STEP,      400, 499, SUBJECT_SYSTEM, DOWN("has no room") },
	{ ANY_STEP,      452, 452, 0, DOWN("has no room") },
	{ ANY_STEP,      400, 499, ANY_SUBJECT,
	    RETRY("wants to be asked again for this address") },
	{ ANY_STEP,      500, 599, SUBJECT_SYSTEM, DOWN("refuses our mails") },
	{ ANY_STEP,      500, 599, SUBJECT_POLICY, DOWN("refuses our mails") },
	{ ANY_STEP,      502, 504, ANY_SUBJECT, DOWN("does not understand us") },
	{ ANY_STEP,      500, 500, ANY_SUBJECT, DOWN("does not understand us") },
	{ ANY_STEP,      535, 538, ANY_SUBJECT,
	    DOWN("wants a log-in: see mail.user") },
	{ ANY_STEP,      555, 555, ANY_SUBJECT, DOWN("does not understand us") },
	{ MAIL_RCPT,     500, 599, ANY_SUBJECT, REFUSED("refuses the address") },
	{ ANY_STEP,      500, 599, ANY_SUBJECT,
	    REFUSED("refuses the mail to this address") },
};

/* See mail_verdict.h. */
struct mail_verdict
mail_judge(enum mail_step step, const struct smtp_reply *reply)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];

		if ((r->step == (unsigned)step || r->step == ANY_STEP) &&
		    reply->code >= r->from && reply->code <= r->until &&
		    (r->subject == ANY_SUBJECT ||
		    r->subject == reply->enhanced_subject))
			return r->verdict;
	}
	return (struct mail_verdict)DOWN("answers out of turn");
}
