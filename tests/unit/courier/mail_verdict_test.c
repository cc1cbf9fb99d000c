#include "courier/mail_verdict.h"

#include "tap.h"

static struct mail_verdict
judge(enum mail_step step, unsigned code, unsigned subject)
{
	struct smtp_reply reply = { .code = code };

	if (subject > 0) {
		reply.enhanced_class = code / 100;
		reply.enhanced_subject = subject;
	}
	return mail_judge(step, &reply);
}

static const struct {
	enum mail_step step;
	unsigned code, subject;
	int outcome;			/* DONE: goes on */
} verdicts[] = {
	{ MAIL_GREETING, 220, 0, OUTCOME_DONE },
	{ MAIL_GREETING, 250, 0, OUTCOME_DOWN },
	{ MAIL_GREETING, 421, 0, OUTCOME_DOWN },
	{ MAIL_GREETING, 554, 0, OUTCOME_DOWN },
	{ MAIL_EHLO, 250, 0, OUTCOME_DONE },
	{ MAIL_EHLO, 502, 0, OUTCOME_DOWN },
	{ MAIL_STARTTLS, 220, 0, OUTCOME_DONE },
	{ MAIL_STARTTLS, 454, 7, OUTCOME_DOWN },
	{ MAIL_AUTH, 235, 7, OUTCOME_DONE },
	{ MAIL_AUTH, 334, 0, OUTCOME_DOWN },
	{ MAIL_AUTH, 454, 7, OUTCOME_DOWN },
	{ MAIL_AUTH, 535, 7, OUTCOME_DOWN },
	{ MAIL_FROM, 250, 1, OUTCOME_DONE },
	{ MAIL_FROM, 451, 0, OUTCOME_DOWN },
	{ MAIL_FROM, 530, 0, OUTCOME_DOWN },
	{ MAIL_FROM, 550, 1, OUTCOME_DOWN },
	{ MAIL_RCPT, 250, 0, OUTCOME_DONE },
	{ MAIL_RCPT, 251, 0, OUTCOME_DONE },
	{ MAIL_RCPT, 354, 0, OUTCOME_DOWN },
	{ MAIL_RCPT, 421, 0, OUTCOME_DOWN },
	{ MAIL_RCPT, 450, 0, OUTCOME_RETRY },
	{ MAIL_RCPT, 450, 7, OUTCOME_RETRY },
	{ MAIL_RCPT, 451, 0, OUTCOME_RETRY },
	{ MAIL_RCPT, 452, 0, OUTCOME_DOWN },
	{ MAIL_RCPT, 452, 2, OUTCOME_RETRY },
	{ MAIL_RCPT, 451, 3, OUTCOME_DOWN },
	{ MAIL_RCPT, 500, 0, OUTCOME_DOWN },
	{ MAIL_RCPT, 501, 1, OUTCOME_REFUSED },
	{ MAIL_RCPT, 503, 5, OUTCOME_DOWN },
	{ MAIL_RCPT, 550, 0, OUTCOME_REFUSED },
	{ MAIL_RCPT, 550, 1, OUTCOME_REFUSED },
	{ MAIL_RCPT, 550, 7, OUTCOME_DOWN },
	{ MAIL_RCPT, 551, 0, OUTCOME_REFUSED },
	{ MAIL_RCPT, 552, 2, OUTCOME_REFUSED },
	{ MAIL_RCPT, 553, 0, OUTCOME_REFUSED },
	{ MAIL_RCPT, 555, 0, OUTCOME_DOWN },
	{ MAIL_DATA, 354, 0, OUTCOME_DONE },
	{ MAIL_DATA, 250, 0, OUTCOME_DOWN },
	{ MAIL_DATA, 554, 0, OUTCOME_REFUSED },
	{ MAIL_BODY, 250, 0, OUTCOME_DONE },
	{ MAIL_BODY, 451, 0, OUTCOME_RETRY },
	{ MAIL_BODY, 452, 3, OUTCOME_DOWN },
	{ MAIL_BODY, 554, 6, OUTCOME_REFUSED },
	{ MAIL_BODY, 554, 7, OUTCOME_DOWN },
};

static void
test_verdicts(void)
{
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		struct mail_verdict v = judge(verdicts[i].step,
		    verdicts[i].code, verdicts[i].subject);

		ok(v.goes_on == (verdicts[i].outcome == OUTCOME_DONE) &&
		    (int)v.outcome == verdicts[i].outcome,
		    "step %d: %u, x.%u", (int)verdicts[i].step,
		    verdicts[i].code, verdicts[i].subject);
	}
}

/* One address is given up only by what was said about it. */
static void
test_every_code(void)
{
	bool has_words = true, is_about_it = true;

	for (enum mail_step step = MAIL_GREETING; step < MAIL_STEPS; step++)
		for (unsigned code = 0; code < 1000; code++) {
			struct mail_verdict v = judge(step, code, 0);

			has_words = has_words && (v.goes_on ||
			    v.why[0] != '\0');
			if (!v.goes_on && v.outcome == OUTCOME_REFUSED)
				is_about_it = is_about_it && code >= 500 &&
				    step >= MAIL_RCPT;
			if (!v.goes_on && v.outcome == OUTCOME_DONE)
				is_about_it = false;
		}
	ok(has_words, "each failure has its words");
	ok(is_about_it, "nothing before RCPT refuses an address");
}

int
main(void)
{
	test_verdicts();
	test_every_code();
	return done_testing();
}
