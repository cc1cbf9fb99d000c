#include "jose/json_header.h"

#include "tap.h"

static struct json_header h;

static enum status
read_text(const char *text)
{
	return json_header_read(span_of(text), &h);
}

static void
test_members(void)
{
	ok(read_text("{\"alg\":\"dir\",\"epk\":{\"x\":\"1\"},\"n\":-12,"
	    "\"b\":false,\"l\":[1,{\"q\":null}]}") == ST_OK && h.count == 5,
	    "one of each kind");
	ok(json_header_is(&h, "alg", "dir"), "a string");
	ok(!json_header_is(&h, "alg", "none"), "is not another");
	ok(span_is(json_header_find(&h, "epk")->value, "{\"x\":\"1\"}") &&
	    json_header_find(&h, "epk")->kind == JSON_KIND_OBJECT,
	    "an object, raw");
	ok(span_is(json_header_find(&h, "n")->value, "-12") &&
	    json_header_find(&h, "n")->kind == JSON_KIND_OTHER, "a number");
	ok(json_header_string(&h, "n").ptr == NULL, "which is no string");
	ok(json_header_find(&h, "enc") == NULL &&
	    json_header_string(&h, "enc").ptr == NULL, "what is not there");
	ok(!json_header_is(&h, "enc", ""), "is not the empty string");
}

static void
test_white_space(void)
{
	ok(read_text(" {\r\n \"alg\" :\t\"ES256\" , \"typ\" : \"JWT\" } ") ==
	    ST_OK && json_header_is(&h, "typ", "JWT"), "between tokens");
	ok(read_text("{}") == ST_OK && h.count == 0, "an empty object");
	ok(read_text(" { } ") == ST_OK, "with space inside");
}

static void
test_what_is_no_json(void)
{
	static const char *const bad[] = {
		"", " ", "{", "}", "[]", "\"a\"", "{\"a\"}", "{\"a\":}",
		"{\"a\":1,}", "{,\"a\":1}", "{\"a\":1 \"b\":2}",
		"{\"a\":1}}", "{\"a\":1} x", "{\"a\":tru}", "{\"a\":01}",
		"{\"a\":-}", "{\"a\":+1}", "{a:1}", "{'a':1}", "{\"a\":\"b}",
		"{\"a\":\"b\n\"}", "{\"a\":[1,]}", "{\"a\":[1 2]}",
		"{\"a\":[1}", "{\"a\":{\"b\"}}", "{\"a\":{\"b\":1,}}",
		"{\"a\":{1:2}}", "{\"a\":nullx}",
	};

	for (size_t i = 0; i < COUNT(bad); i++)
		ok(read_text(bad[i]) == ST_MALFORMED, "refused: %zu", i);
	ok(json_header_read((struct span){ (const uint8_t *)"{}\0", 3 },
	    &h) == ST_MALFORMED, "a NUL byte after the end");
}

static void
test_names_twice(void)
{
	ok(read_text("{\"alg\":\"ES256\",\"alg\":\"ES256\"}") ==
	    ST_MALFORMED, "the same name and value twice");
	ok(read_text("{\"alg\":\"ES256\",\"typ\":\"x\",\"alg\":\"none\"}") ==
	    ST_MALFORMED, "another value, not side by side");
	ok(read_text("{\"alg\":\"ES256\",\"al\\u0067\":\"none\"}") ==
	    ST_UNSUPPORTED, "hidden in an escape");
}

static void
test_what_is_not_supported(void)
{
	char many[400] = "{";

	for (int i = 0; i < 17; i++)
		snprintf(many + strlen(many), 16, "%s\"m%d\":1",
		    i == 0 ? "" : ",", i);
	ok(read_text("{\"a\":\"b\\n\"}") == ST_UNSUPPORTED, "an escape");
	ok(read_text("{\"a\":\"\xc3\xa9\"}") == ST_UNSUPPORTED, "no ASCII");
	ok(read_text("{\"a\":1.5}") == ST_UNSUPPORTED &&
	    read_text("{\"a\":1e5}") == ST_UNSUPPORTED, "no integer");
	ok(read_text("{\"a\":[[[1]]]}") == ST_OK, "four levels");
	ok(read_text("{\"a\":[[[[1]]]]}") == ST_UNSUPPORTED, "five");
	strcat(many, "}");
	ok(read_text(many) == ST_UNSUPPORTED, "more than 16 members");
}

int
main(void)
{
	test_members();
	test_white_space();
	test_what_is_no_json();
	test_names_twice();
	test_what_is_not_supported();
	return done_testing();
}
