#include "courier/s3_answer.h"

#include "tap.h"

#define NS " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
#define RULE(inside) "<Rule><ID>x</ID>" inside "</Rule>"
#define FOR(prefix) "<Filter><Prefix>" prefix "</Prefix></Filter>"
#define ON "<Status>Enabled</Status>"
#define OFF "<Status>Disabled</Status>"
#define AFTER(days) "<Expiration><Days>" days "</Days></Expiration>"
#define RULES(rules) "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" \
	"<LifecycleConfiguration" NS ">" rules "</LifecycleConfiguration>"

static const struct {
	const char *claim, *body;
	uint64_t objects, indexes;
	enum status st;
} rules[] = {
	{ "ours", RULES(RULE(FOR("d/") ON AFTER("31"))
	    RULE(FOR("i/") ON AFTER("396"))), 31, 396, ST_OK },
	{ "one for everything", RULES(RULE("<Filter/>" ON AFTER("40"))), 40,
	    40, ST_OK },
	{ "of the old kind", RULES(RULE("<Prefix>d/</Prefix>" ON AFTER("31"))),
	    31, 0, ST_OK },
	{ "the least counts", RULES(RULE(FOR("d/") ON AFTER("31"))
	    RULE(FOR("") ON AFTER("5"))), 5, 5, ST_OK },
	{ "one that is off", RULES(RULE(FOR("d/") OFF AFTER("31"))), 0, 0,
	    ST_OK },
	{ "one for other names", RULES(RULE(FOR("d/a") ON AFTER("31"))
	    RULE(FOR("x") ON AFTER("31"))), 0, 0, ST_OK },
	{ "one by tag", RULES(RULE("<Filter><And><Prefix>d/</Prefix><Tag><Key>"
	    "a</Key></Tag></And></Filter>" ON AFTER("31"))), 0, 0, ST_OK },
	{ "days of something else", RULES(RULE(FOR("d/") ON
	    "<Transition><Days>3</Days></Transition>"
	    "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays>"
	    "</NoncurrentVersionExpiration>")), 0, 0, ST_OK },
	{ "a date instead of days", RULES(RULE(FOR("d/") ON
	    "<Expiration><Date>2026-01-01T00:00:00Z</Date></Expiration>")), 0,
	    0, ST_OK },
	{ "days that are no number", RULES(RULE(FOR("d/") ON AFTER("3x"))), 0,
	    0, ST_OK },
	{ "no rules", RULES(""), 0, 0, ST_OK },
	{ "a listing", "<ListBucketResult/>", 0, 0, ST_MALFORMED },
	{ "half", "<LifecycleConfiguration><Rule>", 0, 0, ST_MALFORMED },
	{ "nothing", "", 0, 0, ST_MALFORMED },
};

static void
test_lifecycle(void)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		uint64_t d = 0, x = 0;
		struct span body = span_of(rules[i].body);

		ok(s3_lifecycle(body, "d/", &d) == rules[i].st &&
		    s3_lifecycle(body, "i/", &x) == rules[i].st &&
		    d == rules[i].objects && x == rules[i].indexes,
		    "lifecycle: %s", rules[i].claim);
	}
}

static void
test_versioning(void)
{
	static const struct {
		const char *body;
		enum s3_versioning v;
		enum status st;
	} rows[] = {
		{ "<VersioningConfiguration" NS "/>", S3_NEVER, ST_OK },
		{ "<VersioningConfiguration" NS "><Status>Enabled</Status>"
		    "</VersioningConfiguration>", S3_ENABLED, ST_OK },
		{ "<VersioningConfiguration><Status>Suspended</Status>"
		    "<MfaDelete>Disabled</MfaDelete></VersioningConfiguration>",
		    S3_SUSPENDED, ST_OK },
		{ "<VersioningConfiguration><Status>enabled</Status>"
		    "</VersioningConfiguration>", S3_NEVER, ST_MALFORMED },
		{ "<ListBucketResult/>", S3_NEVER, ST_MALFORMED },
		{ "<VersioningConfiguration><Status>Enabled", S3_NEVER,
		    ST_MALFORMED },
		{ "", S3_NEVER, ST_MALFORMED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum s3_versioning v = S3_NEVER;

		ok(s3_versioning(span_of(rows[i].body), &v) == rows[i].st &&
		    v == rows[i].v, "versioning: %s", rows[i].body);
	}
}

static void
test_errors(void)
{
	static const struct {
		const char *body, *text;
	} rows[] = {
		{ "<?xml version='1.0'?><Error><Code>NoSuchBucket</Code>"
		    "<Message>Not &lt;there&gt;</Message><Resource>/x</Resource>"
		    "</Error>", "NoSuchBucket: Not <there>" },
		{ "<Error><Code>AccessDenied</Code><RequestId>7</RequestId>"
		    "</Error>", "AccessDenied" },
		{ "<Error><Message>a\xc3\xa9\nb</Message></Error>", "a   b" },
		{ "<Error><A><Code>x</Code></A></Error>", "" },
		{ "<html><Code>x</Code></html>", "" },
		{ "not XML", "" },
		{ "", "" },
	};
	uint8_t text[64];
	struct buf out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		out = buf_over(text, sizeof(text));
		s3_error(span_of(rows[i].body), &out);
		ok(span_is(buf_span(&out), rows[i].text), "error: %s",
		    rows[i].text);
	}
	out = buf_over(text, 5);
	s3_error(span_of(rows[0].body), &out);
	ok(span_is(buf_span(&out), "NoSuc"), "cut to what fits");
}

int
main(void)
{
	test_lifecycle();
	test_versioning();
	test_errors();
	return done_testing();
}
