#include "wire/multipart.h"

#include <stdlib.h>

#include "tap.h"

static struct multipart_part parts[MULTIPART_PARTS_MAX];
static size_t n;

static const struct {
	const char *type, *boundary;
	enum status st;
} types[] = {
	{ "multipart/form-data; boundary=abc", "abc", ST_OK },
	{ "Multipart/Related; type=\"application/json\"; boundary=\"a-b_c\"",
	    "a-b_c", ST_OK },
	{ "multipart/form-data;boundary=x;charset=utf-8", "x", ST_OK },
	{ "multipart/mixed; boundary=abc", "", ST_UNSUPPORTED },
	{ "application/json", "", ST_UNSUPPORTED },
	{ "", "", ST_UNSUPPORTED },
	{ "multipart/form-data", "", ST_MALFORMED },
	{ "multipart/form-data; boundary=", "", ST_MALFORMED },
	{ "multipart/form-data; boundary=a b", "", ST_MALFORMED },
	{ "multipart/form-data; boundary=a; boundary=b", "", ST_MALFORMED },
	{ "multipart/form-data; boundary=0123456789012345678901234567890123456"
	    "7890123456789012345678901234567890", "", ST_MALFORMED },
};

static void
test_boundary(void)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		struct span b = { 0 };
		enum status st = multipart_boundary(span_of(types[i].type), &b);

		ok(st == types[i].st && span_is(b, types[i].boundary),
		    "R42 %s", types[i].type);
	}
}

static enum status
read_body(const char *body)
{
	return multipart_read(span_of(body), span_of("B"), parts, &n);
}

static void
test_good(void)
{
	ok(read_body("--B\r\nContent-Type: application/json\r\n"
	    "Content-Disposition: form-data; name=\"a\"\r\n\r\n{}\r\n--B\r\n"
	    "\r\n%PDF-\r\n--\r\n-B\r\n--B--\r\n") == ST_OK && n == 2,
	    "R42 two parts");
	ok(span_is(parts[0].type, "application/json") &&
	    span_is(parts[0].bytes, "{}") && parts[1].type.len == 0 &&
	    span_is(parts[1].bytes, "%PDF-\r\n--\r\n-B"),
	    "R42 their types and bytes");
	ok(read_body("preamble\r\n--B\r\n\r\nx\r\n--B--epilogue") == ST_OK &&
	    n == 1 && span_is(parts[0].bytes, "x"), "R42 a preamble");
	ok(read_body("--B\r\nA: b\r\n\r\n\r\n--B--") == ST_OK && n == 1 &&
	    parts[0].bytes.len == 0, "R42 a part with nothing in it");
	ok(read_body("--B--") == ST_OK && n == 0, "R42 no part");
}

static const struct {
	const char *claim, *body;
	enum status st;
} bad[] = {
	{ "nothing", "", ST_MALFORMED },
	{ "no delimiter", "hello", ST_MALFORMED },
	{ "no end", "--B\r\n\r\nx\r\n", ST_MALFORMED },
	{ "half an end", "--B\r\n\r\nx\r\n--B", ST_MALFORMED },
	{ "a longer boundary", "--Bx\r\n\r\nx\r\n--Bx--", ST_MALFORMED },
	{ "no empty line", "--B\r\nA: b\r\nx\r\n--B--", ST_MALFORMED },
	{ "bare LF", "--B\n\nx\n--B--", ST_MALFORMED },
	{ "a bare LF in a header", "--B\r\nA: b\n\r\nx\r\n--B--",
	    ST_MALFORMED },
	{ "base64", "--B\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n"
	    "--B--", ST_UNSUPPORTED },
	{ "five parts", "--B\r\n\r\n1\r\n--B\r\n\r\n2\r\n--B\r\n\r\n3\r\n--B"
	    "\r\n\r\n4\r\n--B\r\n\r\n5\r\n--B--", ST_TOO_BIG },
};

static void
test_bad(void)
{
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(read_body(bad[i].body) == bad[i].st, "R42 refused: %s",
		    bad[i].claim);
}

static void
test_cuts(void)
{
	static const char whole[] = "--B\r\nA: b\r\n\r\nx\r\n--B\r\n\r\ny\r\n"
	    "--B--";
	bool good = true;

	for (size_t cut = 0; cut < sizeof(whole) - 1; cut++) {
		uint8_t *copy = malloc(cut + 1);

		memcpy(copy, whole, cut);
		good = good && multipart_read((struct span){ copy, cut },
		    span_of("B"), parts, &n) == ST_MALFORMED;
		free(copy);
	}
	ok(good, "R42 half a body is none, at any cut");
}

int
main(void)
{
	test_boundary();
	test_good();
	test_bad();
	test_cuts();
	return done_testing();
}
