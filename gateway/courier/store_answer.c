#include "courier/store_answer.h"

#include <stdio.h>

enum { SKEW_MAX_S = 60, CODE_MAX = 64 };

/* --- what S3 says in words ----------------------------------------------------- */

/* <Code> of an error's body (S3 API Reference, "Error responses"), where it
 * says more than the status. */
static const struct {
	const char *code;
	enum outbox_outcome outcome;
	const char *words;
} codes[] = {
	{ "RequestTimeTooSkewed", OUTCOME_DOWN,
	    "its clock and ours differ too much" },
	{ "SignatureDoesNotMatch", OUTCOME_DOWN,
	    "the store refuses our signature: the secret, or drop.region" },
	{ "InvalidAccessKeyId", OUTCOME_DOWN,
	    "the store does not know drop.user" },
	{ "AuthorizationHeaderMalformed", OUTCOME_DOWN,
	    "the store refuses our signature: drop.region" },
	{ "NoSuchBucket", OUTCOME_DOWN, "there is no such bucket" },
	{ "BadDigest", OUTCOME_RETRY, "bytes changed on the way" },
	{ "XAmzContentSHA256Mismatch", OUTCOME_RETRY,
	    "bytes changed on the way" },
};

static struct span
code_of(struct span body)
{
	static const char begin[] = "<Code>";
	const uint8_t *at = memmem(body.ptr, body.len, begin,
	    sizeof(begin) - 1), *end;
	struct span rest;

	if (body.len == 0 || at == NULL)
		return (struct span){ 0 };
	rest = span_slice(body, (size_t)(at - body.ptr) + sizeof(begin) - 1,
	    CODE_MAX);
	end = memchr(rest.ptr, '<', rest.len);
	return end == NULL ? (struct span){ 0 }
	    : span_slice(rest, 0, (size_t)(end - rest.ptr));
}

static bool
judge_code(struct span body, struct store_verdict *v)
{
	struct span code = code_of(body);

	for (size_t i = 0; i < COUNT(codes); i++) {
		if (!span_is(code, codes[i].code))
			continue;
		v->outcome = codes[i].outcome;
		snprintf(v->error, sizeof(v->error), "%s", codes[i].words);
		return true;
	}
	return false;
}

/* --- statuses ------------------------------------------------------------------ */

static const char PORTAL[] =
    "something else answers in the store's place (a captive portal?)";

static bool
is_public(enum store_verb verb)
{
	return verb >= STORE_PUBLIC_GET && verb <= STORE_PUBLIC_DELETE;
}

/* Does a 2xx have what only a store says? */
static bool
is_of_a_store(enum store_verb verb, const struct http_answer *a)
{
	if (verb == STORE_PUT || verb == STORE_HEAD || verb == STORE_GET)
		return a->etag.len > 0;
	if (verb == STORE_DELETE)
		return a->body == HTTP_BODY_NONE || a->content_length == 0;
	return true;
}

/* 2xx */
static void
judge_good(enum store_verb verb, const struct http_answer *a,
    struct store_verdict *v)
{
	v->outcome = OUTCOME_DONE;
	if (is_of_a_store(verb, a))
		return;
	v->outcome = OUTCOME_DOWN;
	snprintf(v->error, sizeof(v->error), "%s", PORTAL);
}

static const struct row {
	unsigned from, to;		/* of statuses */
	enum outbox_outcome outcome;
	const char *words;
} rows[] = {
	{ 300, 399, OUTCOME_DOWN, "the store sends us elsewhere" },
	{ 404, 404, OUTCOME_GONE, "there is no such thing" },
	{ 410, 410, OUTCOME_GONE, "there is no such thing" },
	{ 408, 408, OUTCOME_DOWN, "the store waited in vain" },
	{ 413, 413, OUTCOME_RETRY, "the store says that it is too long" },
	{ 422, 422, OUTCOME_RETRY, "bytes changed on the way" },
	{ 429, 429, OUTCOME_DOWN, "the store wants to be left in peace" },
	{ 400, 499, OUTCOME_DOWN, "the store refuses" },
	{ 500, 599, OUTCOME_DOWN, "the store is in trouble" },
};

static void
judge_status(enum store_verb verb, unsigned status, struct store_verdict *v)
{
	const struct row *r = rows;

	while (status < r->from || status > r->to)
		r++;		/* 300 to 599 are all there */
	v->outcome = r->outcome;
	/* What is put is not what is missing: where it should go is. */
	if (verb == STORE_PUT && r->outcome == OUTCOME_GONE)
		v->outcome = OUTCOME_DOWN;
	snprintf(v->error, sizeof(v->error), "%s: %u",
	    v->outcome == r->outcome ? r->words : "there is no such container",
	    status);
}

/* See store_answer.h. */
int64_t
store_skew(const struct http_answer *answer, uint64_t now_s)
{
	uint64_t at_s = 0;
	int64_t skew;

	if (http_date(answer->date, &at_s) != ST_OK)
		return 0;
	skew = (int64_t)at_s - (int64_t)now_s;
	return skew > SKEW_MAX_S || skew < -SKEW_MAX_S ? skew : 0;
}

/* It was refused, and what we took for its time was not its time. */
static bool
is_skewed(const struct http_answer *a, uint64_t now_s, int64_t skew_s)
{
	int64_t off = store_skew(a, now_s) - skew_s;

	return a->status == 403 && (off > SKEW_MAX_S || off < -SKEW_MAX_S);
}

/* See store_answer.h. */
void
store_judge(enum store_verb verb, const struct http_answer *answer,
    struct span body, uint64_t now_s, int64_t skew_s,
    struct store_verdict *verdict)
{
	*verdict = (struct store_verdict){ .sense = SENSE_FINAL };
	if (answer->status < 300) {
		judge_good(verb, answer, verdict);
		return;
	}
	verdict->retry_after_s = http_retry_after(answer, now_s);
	if (!judge_code(body, verdict))
		judge_status(verb, answer->status, verdict);
	if (is_public(verb))
		return;
	if (answer->status == 401)
		verdict->sense = SENSE_STRANGER;
	else if (is_skewed(answer, now_s, skew_s))
		verdict->sense = SENSE_SKEWED;
}
