#include "courier/sms_verdict.h"

#include "tap.h"

static const struct {
	unsigned status;
	const char *body;
	bool has_worked;
	int outcome;
} verdicts[] = {
	{ 200, "", true, OUTCOME_DONE },
	{ 202, "0: Accepted for delivery", false, OUTCOME_DONE },
	{ 202, "3: Queued for later delivery", false, OUTCOME_DONE },
	{ 200, "{\"status\":\"ok\"}", true, OUTCOME_DONE },
	{ 200, "<response><ok/></response>", true, OUTCOME_DONE },
	{ 200, "<HTML>log in", true, OUTCOME_DOWN },
	{ 200, "\r\n \xef\xbb\xbf<!DOCTYPE html>", true, OUTCOME_DOWN },
	{ 302, "", true, OUTCOME_DOWN },
	{ 400, "", false, OUTCOME_DOWN },
	{ 400, "", true, OUTCOME_REFUSED },
	{ 401, "", true, OUTCOME_DOWN },
	{ 402, "", true, OUTCOME_DOWN },
	{ 403, "", true, OUTCOME_DOWN },
	{ 404, "", true, OUTCOME_DOWN },
	{ 407, "", true, OUTCOME_DOWN },
	{ 408, "", true, OUTCOME_DOWN },
	{ 415, "", true, OUTCOME_DOWN },
	{ 422, "", true, OUTCOME_REFUSED },
	{ 429, "", true, OUTCOME_DOWN },
	{ 500, "", true, OUTCOME_DOWN },
	{ 503, "", true, OUTCOME_DOWN },
	{ 599, "", true, OUTCOME_DOWN },
	{ 600, "", true, OUTCOME_DOWN },
	{ 0, "", true, OUTCOME_DOWN },
};

int
main(void)
{
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		struct sms_verdict v = sms_judge(verdicts[i].status,
		    span_of(verdicts[i].body), verdicts[i].has_worked);

		ok((int)v.outcome == verdicts[i].outcome &&
		    (v.why[0] == '\0') == (v.outcome == OUTCOME_DONE),
		    "row %zu: %u", i, verdicts[i].status);
	}
	return done_testing();
}
