#include "courier/store_answer.h"

#include <stdio.h>

#include "tap.h"

#define ERROR(code) "<?xml version=\"1.0\"?><Error><Code>" code "</Code>" \
	"<Message>m</Message></Error>"
#define NOW 1790000000u

/* Sun, 06 Nov 1994 08:49:37 GMT */
static const uint64_t date_s = 784111777;

static const struct {
	const char *claim;
	enum store_verb verb;
	unsigned status;
	const char *etag, *body;
	enum outbox_outcome outcome;
	enum store_sense sense;
	const char *word;		/* of the error; "" none */
} rows[] = {
	{ "put", STORE_PUT, 201, "\"e\"", "", OUTCOME_DONE, SENSE_FINAL, "" },
	{ "put without ETag", STORE_PUT, 200, "", "", OUTCOME_DOWN,
	    SENSE_FINAL, "portal" },
	{ "head", STORE_HEAD, 200, "\"e\"", "", OUTCOME_DONE, SENSE_FINAL, "" },
	{ "head without ETag", STORE_HEAD, 200, "", "", OUTCOME_DOWN,
	    SENSE_FINAL, "portal" },
	{ "get without ETag", STORE_GET, 200, "", "x", OUTCOME_DOWN,
	    SENSE_FINAL, "portal" },
	{ "delete", STORE_DELETE, 204, "", "", OUTCOME_DONE, SENSE_FINAL, "" },
	{ "delete with a page", STORE_DELETE, 200, "", "<html>", OUTCOME_DOWN,
	    SENSE_FINAL, "portal" },
	{ "container", STORE_CONTAINER_HEAD, 204, "", "", OUTCOME_DONE,
	    SENSE_FINAL, "" },
	{ "gone to delete", STORE_DELETE, 404, "", "", OUTCOME_GONE,
	    SENSE_FINAL, "404" },
	{ "gone to head", STORE_HEAD, 410, "", "", OUTCOME_GONE, SENSE_FINAL,
	    "410" },
	{ "put into nothing", STORE_PUT, 404, "", "", OUTCOME_DOWN,
	    SENSE_FINAL, "no such container" },
	{ "delete from nothing", STORE_DELETE, 404, "", ERROR("NoSuchBucket"),
	    OUTCOME_DOWN, SENSE_FINAL, "bucket" },
	{ "a redirection", STORE_PUT, 301, "", "", OUTCOME_DOWN, SENSE_FINAL,
	    "elsewhere: 301" },
	{ "304", STORE_GET, 304, "", "", OUTCOME_DOWN, SENSE_FINAL, "304" },
	{ "400", STORE_PUT, 400, "", "", OUTCOME_DOWN, SENSE_FINAL, "400" },
	{ "401", STORE_PUT, 401, "", "", OUTCOME_DOWN, SENSE_STRANGER, "401" },
	{ "401 to anybody", STORE_PUBLIC_GET, 401, "", "", OUTCOME_DOWN,
	    SENSE_FINAL, "401" },
	{ "408", STORE_PUT, 408, "", "", OUTCOME_DOWN, SENSE_FINAL, "408" },
	{ "413", STORE_PUT, 413, "", "", OUTCOME_RETRY, SENSE_FINAL, "413" },
	{ "422", STORE_PUT, 422, "", "", OUTCOME_RETRY, SENSE_FINAL, "422" },
	{ "429", STORE_PUT, 429, "", "", OUTCOME_DOWN, SENSE_FINAL, "429" },
	{ "500", STORE_PUT, 500, "", "", OUTCOME_DOWN, SENSE_FINAL, "500" },
	{ "599", STORE_DELETE, 599, "", "", OUTCOME_DOWN, SENSE_FINAL, "599" },
	{ "a wrong secret", STORE_PUT, 403, "", ERROR("SignatureDoesNotMatch"),
	    OUTCOME_DOWN, SENSE_FINAL, "signature" },
	{ "a wrong user", STORE_PUT, 403, "", ERROR("InvalidAccessKeyId"),
	    OUTCOME_DOWN, SENSE_FINAL, "drop.user" },
	{ "garbled", STORE_PUT, 400, "", ERROR("XAmzContentSHA256Mismatch"),
	    OUTCOME_RETRY, SENSE_FINAL, "on the way" },
	{ "a code we do not know", STORE_PUT, 403, "", ERROR("Whatever"),
	    OUTCOME_DOWN, SENSE_FINAL, "refuses: 403" },
	{ "a code without an end", STORE_PUT, 403, "", "<Code>BadDigest",
	    OUTCOME_DOWN, SENSE_FINAL, "refuses: 403" },
};

static void
test_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_answer a = { .status = rows[i].status,
		    .etag = span_of(rows[i].etag),
		    .body = rows[i].body[0] == '\0' ? HTTP_BODY_NONE
		    : HTTP_BODY_LENGTH,
		    .content_length = strlen(rows[i].body) };
		struct store_verdict v;

		store_judge(rows[i].verb, &a, span_of(rows[i].body), NOW, 0,
		    &v);
		ok(v.outcome == rows[i].outcome && v.sense == rows[i].sense &&
		    (rows[i].word[0] == '\0' ? v.error[0] == '\0'
		    : strstr(v.error, rows[i].word) != NULL),
		    "%s: %s", rows[i].claim, v.error);
	}
}

static void
test_retry_after(void)
{
	struct http_answer a = { .status = 503,
	    .retry_after = span_of("120") };
	struct store_verdict v;

	store_judge(STORE_PUT, &a, span_of(""), NOW, 0, &v);
	ok(v.retry_after_s == 120, "it says when to come again");
}

static void
test_clocks(void)
{
	struct http_answer a = { .status = 403,
	    .date = span_of("Sun, 06 Nov 1994 08:49:37 GMT") };
	struct store_verdict v;

	ok(store_skew(&a, date_s) == 0 && store_skew(&a, date_s + 60) == 0 &&
	    store_skew(&a, date_s - 60) == 0, "a minute is nothing");
	ok(store_skew(&a, date_s + 61) == -61 &&
	    store_skew(&a, date_s - 3600) == 3600, "more is");
	store_judge(STORE_PUT, &a, span_of(""), date_s - 3600, 0, &v);
	ok(v.sense == SENSE_SKEWED, "refused for the clock, perhaps");
	store_judge(STORE_PUT, &a, span_of(""), date_s - 3600, 3590, &v);
	ok(v.sense == SENSE_FINAL, "not where it was followed already");
	store_judge(STORE_PUT, &a, span_of(""), date_s, 3600, &v);
	ok(v.sense == SENSE_SKEWED, "nor where it was followed too far");
	a.status = 200;
	store_judge(STORE_DELETE, &a, span_of(""), date_s - 3600, 0, &v);
	ok(v.sense == SENSE_FINAL, "what went well went well");
	a.date = span_of("yesterday");
	ok(store_skew(&a, date_s) == 0, "a date that is none");
}

int
main(void)
{
	test_rows();
	test_retry_after();
	test_clocks();
	return done_testing();
}
