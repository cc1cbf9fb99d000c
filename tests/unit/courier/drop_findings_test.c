/* What each answer of a store means, one at a time; whole checks against real
 * stores are in tests/integration/drop_check_test.py. */
#include "courier/drop_findings.h"

#include "tap.h"

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"	/* 784111777 */

static struct config config;
static struct drop_look look;
static struct http_answer http;
static struct store_answer answer;

static void
start(enum drop_kind kind)
{
	memset(&config, 0, sizeof(config));
	memset(&look, 0, sizeof(look));
	config.drop_kind = kind;
	config.card_life_s = 365 * 86400;
	look.config = &config;
	look.now_s = 784111777;
	look.delete_at_s = 1234;
	memset(look.body, 'x', sizeof(look.body));
	drop_look_again(&look);
}

static const struct store_answer *
says(unsigned status, const char *body)
{
	http = (struct http_answer){ .status = status,
		.date = span_of(DATE), .content_type = span_of(
		"application/jose"), .cache_control = span_of("no-store"),
		.allow_origin = span_of("*"), .delete_at = span_of("1234"),
		.content_length = sizeof(look.body) };
	answer = (struct store_answer){ .outcome = status < 300 ?
		OUTCOME_DONE : OUTCOME_DOWN, .http = &http,
		.body = span_of(body) };
	return &answer;
}

static const struct store_answer *
silent(const char *words, bool is_stranger)
{
	answer = (struct store_answer){ .outcome = OUTCOME_DOWN,
		.error = words, .is_stranger = is_stranger };
	return &answer;
}

static bool
is(enum drop_finding i, enum drop_grade grade)
{
	return look.finding[i].is_judged && look.finding[i].grade == grade;
}

static bool
has(enum drop_finding i, const char *words)
{
	return strstr(look.finding[i].detail, words) != NULL;
}

static void
test_container(void)
{
	start(DROP_SWIFT);
	ok(!is(FINDING_REACH, GRADE_GOOD) && look.finding[0].grade ==
	    GRADE_UNKNOWN, "nothing is good before it was looked at");
	judge_container(&look, says(204, ""));
	ok(is(FINDING_REACH, GRADE_GOOD) && is(FINDING_CREDENTIAL, GRADE_GOOD)
	    && is(FINDING_CONTAINER, GRADE_GOOD) && is(FINDING_SKEW, GRADE_GOOD)
	    && is(FINDING_VERSIONING, GRADE_GOOD), "Swift: a container");
	start(DROP_SWIFT);
	judge_container(&look, says(200, "<html>"));
	ok(is(FINDING_REACH, GRADE_BAD) && has(FINDING_REACH, "portal"),
	    "Swift: a captive portal");
	start(DROP_S3);
	judge_container(&look, says(200, "<html>"));
	ok(is(FINDING_REACH, GRADE_BAD), "S3: a captive portal");
	start(DROP_S3);
	judge_container(&look, says(200, "<ListBucketResult/>"));
	ok(is(FINDING_CONTAINER, GRADE_GOOD), "S3: a bucket");
	start(DROP_SWIFT);
	judge_container(&look, silent("s: no answer", false));
	ok(is(FINDING_REACH, GRADE_BAD) && has(FINDING_REACH, "s: no answer")
	    && !look.finding[FINDING_CREDENTIAL].is_judged, "nobody there");
	start(DROP_SWIFT);
	judge_container(&look, silent("refused", true));
	ok(is(FINDING_REACH, GRADE_GOOD) && is(FINDING_CREDENTIAL, GRADE_BAD),
	    "a stranger");
	start(DROP_S3);
	judge_container(&look, says(403, "<Error><Code>SignatureDoesNotMatch"
	    "</Code></Error>"));
	ok(is(FINDING_CREDENTIAL, GRADE_BAD), "S3: a wrong secret");
	start(DROP_S3);
	judge_container(&look, says(403, "<Error><Code>AccessDenied</Code>"
	    "</Error>"));
	ok(is(FINDING_CREDENTIAL, GRADE_GOOD) && is(FINDING_CONTAINER,
	    GRADE_BAD), "S3: somebody else's bucket");
	start(DROP_S3);
	judge_container(&look, says(503, ""));
	ok(is(FINDING_REACH, GRADE_BAD), "a store in trouble");
	start(DROP_SWIFT);
	look.now_s += 7200;
	judge_container(&look, says(204, ""));
	ok(is(FINDING_SKEW, GRADE_WARNING) && has(FINDING_SKEW, "7200 s behind"),
	    "its clock is behind");
	start(DROP_SWIFT);
	(void)says(204, "");
	http.versions = span_of("old");
	http.date.len = 0;
	judge_container(&look, &answer);
	ok(is(FINDING_VERSIONING, GRADE_BAD) && is(FINDING_SKEW,
	    GRADE_UNKNOWN), "old versions; no date");
}

static void
test_object(void)
{
	start(DROP_SWIFT);
	judge_put(&look, says(201, ""));
	judge_head(&look, says(200, ""));
	ok(look.is_written && is(FINDING_WRITE, GRADE_GOOD) &&
	    is(FINDING_EXPIRY, GRADE_GOOD), "written, with its end");
	(void)says(200, "");
	http.delete_at.len = 0;
	http.content_length = 1;
	judge_head(&look, &answer);
	ok(is(FINDING_WRITE, GRADE_BAD) && is(FINDING_EXPIRY, GRADE_BAD),
	    "other bytes, and no end");
	start(DROP_SWIFT);
	judge_put(&look, says(507, ""));
	ok(!look.is_written && is(FINDING_WRITE, GRADE_BAD) &&
	    has(FINDING_WRITE, "HTTP 507"), "no space");
	start(DROP_SWIFT);
	judge_delete(&look, says(503, ""));
	ok(is(FINDING_DELETE, GRADE_BAD) && has(FINDING_DELETE, "stays there"),
	    "what could not be taken away is said");
	start(DROP_SWIFT);
	judge_delete(&look, says(404, ""));
	judge_gone(&look, says(404, ""));
	judge_unreadable(&look, says(404, ""));
	ok(is(FINDING_DELETE, GRADE_GOOD), "gone");
	judge_unreadable(&look, says(200, ""));
	ok(is(FINDING_DELETE, GRADE_WARNING), "but cached");
	judge_gone(&look, says(200, ""));
	ok(is(FINDING_DELETE, GRADE_BAD), "not gone at all");
}

static void
test_public(void)
{
	start(DROP_SWIFT);
	(void)says(200, "");
	answer.body = (struct span){ look.body, sizeof(look.body) };
	judge_read(&look, &answer);
	ok(is(FINDING_READ, GRADE_GOOD) && is(FINDING_TYPE, GRADE_GOOD) &&
	    is(FINDING_CORS, GRADE_GOOD), "read by anybody");
	judge_absent(&look, says(403, ""));
	ok(is(FINDING_READ, GRADE_GOOD) && is(FINDING_CORS, GRADE_GOOD),
	    "S3's 403 for what is not there is right");
	(void)says(404, "");
	http.allow_origin.len = 0;
	judge_absent(&look, &answer);
	ok(is(FINDING_CORS, GRADE_WARNING), "errors without CORS");
	judge_absent(&look, says(200, "x"));
	ok(is(FINDING_READ, GRADE_BAD), "an answer for any name");
	start(DROP_SWIFT);
	judge_read(&look, says(200, "short"));
	ok(is(FINDING_READ, GRADE_BAD), "other bytes");
	start(DROP_SWIFT);
	judge_read(&look, silent("cut", false));
	ok(is(FINDING_READ, GRADE_BAD) && look.is_unreachable, "unreachable");
	start(DROP_SWIFT);
	judge_list(&look, says(401, ""));
	ok(is(FINDING_LISTING, GRADE_GOOD), "no listing");
	judge_list(&look, silent("cut", false));
	ok(is(FINDING_LISTING, GRADE_UNKNOWN), "one that cannot be known");
	judge_list(&look, says(204, ""));
	judge_list(&look, says(403, ""));
	ok(is(FINDING_LISTING, GRADE_BAD), "one listing is enough");
	start(DROP_SWIFT);
	judge_foreign_put(&look, says(403, ""));
	ok(is(FINDING_FOREIGN_WRITE, GRADE_GOOD), "no foreign write");
	judge_foreign_delete(&look, says(204, ""));
	ok(is(FINDING_FOREIGN_WRITE, GRADE_BAD), "but a foreign deletion");
	judge_foreign_put(&look, says(201, ""));
	ok(look.is_foreign_put, "what others wrote is to be taken away");
}

#define RULES(d, i) "<LifecycleConfiguration><Rule><Prefix>d/</Prefix>" \
	"<Status>Enabled</Status><Expiration><Days>" d "</Days></Expiration>" \
	"</Rule><Rule><Prefix>i/</Prefix><Status>Enabled</Status>" \
	"<Expiration><Days>" i "</Days></Expiration></Rule>" \
	"</LifecycleConfiguration>"

static void
test_s3_setup(void)
{
	static const struct {
		const char *claim;
		unsigned status;
		const char *body;
		enum drop_grade grade;
	} rows[] = {
		{ "ours", 200, RULES("31", "396"), GRADE_GOOD },
		{ "just as long as cards live", 200, RULES("31", "365"),
		    GRADE_GOOD },
		{ "too short for cards", 200, RULES("31", "364"), GRADE_BAD },
		{ "too short for bundles", 200, RULES("30", "396"), GRADE_BAD },
		{ "longer than needed", 200, RULES("32", "396"),
		    GRADE_WARNING },
		{ "none", 404, "", GRADE_BAD },
		{ "not known", 501, "", GRADE_WARNING },
		{ "answered with a listing", 200, "<ListBucketResult/>",
		    GRADE_WARNING },
		{ "answered with a page", 200, "<html>", GRADE_UNKNOWN },
		{ "not allowed to ask", 403, "", GRADE_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		start(DROP_S3);
		judge_lifecycle(&look, says(rows[i].status, rows[i].body));
		ok(is(FINDING_EXPIRY, rows[i].grade), "lifecycle rules: %s",
		    rows[i].claim);
	}
	start(DROP_S3);
	judge_versioning(&look, says(501, ""));
	ok(is(FINDING_VERSIONING, GRADE_UNKNOWN), "versioning: not said");
}

static void
test_conclusion(void)
{
	start(DROP_S3);
	judge_lifecycle(&look, says(404, ""));
	drop_note_setting(&look, FINDING_EXPIRY, says(200, ""));
	drop_look_again(&look);
	judge_lifecycle(&look, says(200, RULES("31", "396")));
	drop_conclude(&look);
	ok(look.finding[FINDING_EXPIRY].grade == GRADE_FIXED,
	    "bad, set, good: fixed");
	ok(look.finding[FINDING_READ].grade == GRADE_UNKNOWN &&
	    has(FINDING_READ, "not looked at"), "what was not looked at");
	start(DROP_S3);
	judge_lifecycle(&look, says(404, ""));
	drop_note_setting(&look, FINDING_EXPIRY, says(501,
	    "<Error><Code>NotImplemented</Code></Error>"));
	drop_conclude(&look);
	ok(look.finding[FINDING_EXPIRY].grade == GRADE_BAD &&
	    has(FINDING_EXPIRY, "could not be set: HTTP 501 NotImplemented"),
	    "why it could not be set");
}

int
main(void)
{
	test_container();
	test_object();
	test_public();
	test_s3_setup();
	test_conclusion();
	return done_testing();
}
