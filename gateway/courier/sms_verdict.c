#include "courier/sms_verdict.h"

/* The first row that fits. */
static const struct row {
	unsigned from, until;
	struct sms_verdict verdict;
} rows[] = {
	{ 200, 299, { OUTCOME_DONE, "" } },
	{ 300, 399, { OUTCOME_DOWN, "sends us elsewhere: see sms.url" } },
	{ 401, 401, { OUTCOME_DOWN, "refuses our user or password" } },
	{ 403, 403, { OUTCOME_DOWN, "refuses our user or password" } },
	{ 402, 402, { OUTCOME_DOWN, "wants to be paid" } },
	{ 404, 405, { OUTCOME_DOWN, "takes no messages at sms.url" } },
	{ 407, 407, { OUTCOME_DOWN, "is a proxy" } },
	{ 408, 408, { OUTCOME_DOWN, "did not wait for us" } },
	{ 410, 411, { OUTCOME_DOWN, "takes no messages at sms.url" } },
	{ 413, 417, { OUTCOME_DOWN, "does not understand sms.template" } },
	{ 425, 429, { OUTCOME_DOWN, "wants fewer messages" } },
	{ 400, 499, { OUTCOME_REFUSED, "refuses the telephone number" } },
	{ 500, 599, { OUTCOME_DOWN, "does not work" } },
};

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool
starts(struct span s, const char *word)
{
	if (s.len < strlen(word))
		return false;
	for (size_t i = 0; word[i] != '\0'; i++)
		if (lower(s.ptr[i]) != (uint8_t)word[i])
			return false;
	return true;
}

/* A page for people, whatever its type: Kannel calls its one line
 * text/html. */
static bool
is_page(struct span body)
{
	while (body.len > 0 && (body.ptr[0] <= ' ' || body.ptr[0] >= 0x80))
		body = span_slice(body, 1, body.len);
	return starts(body, "<!doctype") || starts(body, "<html");
}

/* See sms_verdict.h. */
struct sms_verdict
sms_judge(unsigned status, struct span body, bool has_worked)
{
	struct sms_verdict v = { OUTCOME_DOWN, "does not speak HTTP" };

	for (size_t i = 0; i < COUNT(rows); i++)
		if (status >= rows[i].from && status <= rows[i].until) {
			v = rows[i].verdict;
			break;
		}
	if (v.outcome == OUTCOME_DONE && is_page(body))
		return (struct sms_verdict){ OUTCOME_DOWN,
		    "answers with a page for people" };
	if (v.outcome == OUTCOME_REFUSED && !has_worked)
		return (struct sms_verdict){ OUTCOME_DOWN,
		    "refuses the first message: see sms.template" };
	return v;
}
