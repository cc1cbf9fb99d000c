/* The four examples of the Amazon S3 API Reference, "Signature Calculations
 * for the Authorization Header"; date arithmetic; limits. */
#include "courier/sigv4.h"

#include "tap.h"
#include "wire/uri.h"

#define EMPTY_SHA256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HELLO_SHA256 \
	"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
#define HOST { "host", { (const uint8_t *)"examplebucket.s3.amazonaws.com", 30 } }
#define HEADER(name, value) \
	{ name, { (const uint8_t *)(value), sizeof(value) - 1 } }

static const struct sigv4_header get_headers[] = {
	HOST, HEADER("range", "bytes=0-9"),
	HEADER("x-amz-content-sha256", EMPTY_SHA256),
	HEADER("x-amz-date", "20130524T000000Z"),
};
static const struct sigv4_header put_headers[] = {
	HEADER("date", "Fri, 24 May 2013 00:00:00 GMT"), HOST,
	HEADER("x-amz-content-sha256", HELLO_SHA256),
	HEADER("x-amz-date", "20130524T000000Z"),
	HEADER("x-amz-storage-class", "REDUCED_REDUNDANCY"),
};
static const struct sigv4_header plain_headers[] = {
	HOST, HEADER("x-amz-content-sha256", EMPTY_SHA256),
	HEADER("x-amz-date", "20130524T000000Z"),
};

static const struct {
	const char *claim, *method, *path, *query;
	const struct sigv4_header *headers;
	size_t n;
	const char *sha256, *signed_headers, *signature;
} examples[] = {
	{ "GET of a range", "GET", "/test.txt", "", get_headers,
	    COUNT(get_headers), EMPTY_SHA256,
	    "host;range;x-amz-content-sha256;x-amz-date",
	    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ "PUT of an object", "PUT", "/test%24file.text", "", put_headers,
	    COUNT(put_headers), HELLO_SHA256,
	    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ "GET of the lifecycle", "GET", "/", "lifecycle=", plain_headers,
	    COUNT(plain_headers), EMPTY_SHA256,
	    "host;x-amz-content-sha256;x-amz-date",
	    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ "GET of a listing", "GET", "/", "max-keys=2&prefix=J", plain_headers,
	    COUNT(plain_headers), EMPTY_SHA256,
	    "host;x-amz-content-sha256;x-amz-date",
	    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

static struct sigv4_key
example_key(void)
{
	return (struct sigv4_key){
		.access = span_of("AKIAIOSFODNN7EXAMPLE"),
		.secret = span_of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
		.region = span_of("us-east-1"),
	};
}

static struct sigv4_request
example(size_t i)
{
	return (struct sigv4_request){
		.method = examples[i].method,
		.path = span_of(examples[i].path),
		.query = span_of(examples[i].query),
		.headers = examples[i].headers,
		.n = examples[i].n,
		.content_sha256 = span_of(examples[i].sha256),
		.time = span_of("20130524T000000Z"),
	};
}

static void
test_amazons_examples(void)
{
	struct sigv4_key key = example_key();

	for (size_t i = 0; i < COUNT(examples); i++) {
		struct sigv4_request r = example(i);
		uint8_t text[512];
		struct buf out = buf_over(text, sizeof(text));
		char expected[512];

		snprintf(expected, sizeof(expected), "AWS4-HMAC-SHA256 "
		    "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
		    "aws4_request, SignedHeaders=%s, Signature=%s",
		    examples[i].signed_headers, examples[i].signature);
		ok(sigv4_sign(&key, &r, &out) == ST_OK &&
		    span_is(buf_span(&out), expected), "Amazon's example: %s",
		    examples[i].claim);
	}
}

static void
test_whatever_is_signed_matters(void)
{
	struct sigv4_key key = example_key();
	struct sigv4_request r = example(2);
	uint8_t a[512], b[512];
	struct buf first = buf_over(a, sizeof(a));

	ok(sigv4_sign(&key, &r, &first) == ST_OK, "signed once");
	for (unsigned change = 0; change < 5; change++) {
		struct buf second = buf_over(b, sizeof(b));

		key = example_key();
		r = example(2);
		if (change == 0)
			r.method = "HEAD";
		else if (change == 1)
			r.path = span_of("/x");
		else if (change == 2)
			r.query = span_of("");
		else if (change == 3)
			r.content_sha256 = span_of(HELLO_SHA256);
		else
			key.secret = span_of("another");
		ok(sigv4_sign(&key, &r, &second) == ST_OK &&
		    !span_equal(buf_span(&first), buf_span(&second)),
		    "another signature: change %u", change);
	}
}

static void
test_limits(void)
{
	struct sigv4_key key = example_key();
	struct sigv4_request r = example(0);
	uint8_t text[512], secret[257] = { 0 };
	struct buf out = buf_over(text, sizeof(text));
	size_t whole;
	bool good = true;

	ok(sigv4_sign(&key, &r, &out) == ST_OK, "with room");
	whole = out.len;
	for (size_t room = 0; room < whole; room++) {
		out = buf_over(text, room);
		good = good && sigv4_sign(&key, &r, &out) == ST_NO_SPACE &&
		    out.len == 0;
	}
	ok(good, "with any less, nothing is written");
	out = buf_over(text, sizeof(text));
	key.secret = (struct span){ secret, 0 };
	ok(sigv4_sign(&key, &r, &out) == ST_INVALID, "no secret");
	key.secret.len = 257;
	ok(sigv4_sign(&key, &r, &out) == ST_INVALID, "too long a secret");
	key.secret.len = 256;
	ok(sigv4_sign(&key, &r, &out) == ST_OK, "the longest secret");
	r.time = span_of("20130524");
	ok(sigv4_sign(&key, &r, &out) == ST_INVALID, "half a time");
}

static const struct {
	uint64_t at_s;
	const char *text;
} times[] = {
	{ 0, "19700101T000000Z" },
	{ 1369353600, "20130524T000000Z" },
	{ 1709210096, "20240229T123456Z" },
	{ 951868799, "20000229T235959Z" },
	{ 951868800, "20000301T000000Z" },
	{ 1767225599, "20251231T235959Z" },
	{ 4107542400, "21000301T000000Z" },
	{ 253402300799, "99991231T235959Z" },
};

static void
test_times(void)
{
	char text[SIGV4_TIME_LEN + 1];

	for (size_t i = 0; i < COUNT(times); i++) {
		sigv4_time(times[i].at_s, text);
		ok(strcmp(text, times[i].text) == 0, "%s", times[i].text);
	}
	sigv4_time(UINT64_MAX, text);
	ok(strlen(text) == SIGV4_TIME_LEN, "a time after all days still fits");
}

static void
test_uri_encoding(void)
{
	uint8_t text[32];
	struct buf out = buf_over(text, sizeof(text));

	ok(uri_encode(span_of("d/aZ09-_.~"), true, &out) == ST_OK &&
	    span_is(buf_span(&out), "d/aZ09-_.~"), "names of the drop stay");
	out.len = 0;
	ok(uri_encode(span_of("a/b c+\xc3\xa9$"), false, &out) == ST_OK &&
	    span_is(buf_span(&out), "a%2Fb%20c%2B%C3%A9%24"),
	    "everything else is escaped, in capitals");
	out = buf_over(text, 5);
	ok(uri_encode(span_of("abc "), true, &out) == ST_NO_SPACE &&
	    out.len == 0, "nothing, where not all fits");
}

int
main(void)
{
	test_amazons_examples();
	test_whatever_is_signed_matters();
	test_limits();
	test_times();
	test_uri_encoding();
	return done_testing();
}
