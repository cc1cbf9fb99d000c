#include "base/json_writer.h"

#include "tap.h"

static uint8_t store[256];
static struct buf out;
static struct json_writer w;

static void
start(size_t max)
{
	out = buf_over(store, max);
	json_start(&w, &out);
}

static bool
made(const char *expected)
{
	return json_finish(&w) == ST_OK && span_is(buf_span(&out), expected);
}

static bool
string_makes(const char *bytes, const char *expected)
{
	start(sizeof(store));
	json_text(&w, NULL, bytes);
	return made(expected);
}

static void
test_every_kind_of_value(void)
{
	start(sizeof(store));
	json_object_begin(&w, NULL);
	json_text(&w, "t", "x");
	json_array_begin(&w, "a");
	json_uint(&w, NULL, 0);
	json_uint(&w, NULL, UINT64_MAX);
	json_object_begin(&w, NULL);
	json_object_end(&w);
	json_array_begin(&w, NULL);
	json_array_end(&w);
	json_array_end(&w);
	json_bool(&w, "b", true);
	json_bool(&w, "c", false);
	json_nothing(&w, "n");
	json_raw(&w, "r", span_of("[1]"));
	json_number(&w, "d", span_of("5.10"));
	json_base64(&w, "p", span_of("f"));
	json_base64url(&w, "u", span_of("\xff"));
	json_object_end(&w);
	ok(made("{\"t\":\"x\",\"a\":[0,18446744073709551615,{},[]],"
	    "\"b\":true,\"c\":false,\"n\":null,\"r\":[1],\"d\":5.10,"
	    "\"p\":\"Zg==\",\"u\":\"_w\"}"), "one of each, minified");
}

static void
test_escapes(void)
{
	uint8_t nul = 0;

	ok(string_makes("a\"b\\c/d", "\"a\\\"b\\\\c/d\""), "quote, backslash");
	ok(string_makes("\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""), "short forms");
	ok(string_makes("\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""),
	    "other control characters, but not DEL");
	start(sizeof(store));
	json_span(&w, NULL, (struct span){ &nul, 1 });
	ok(made("\"\\u0000\""), "a NUL byte");
	start(sizeof(store));
	json_object_begin(&w, NULL);
	json_nothing(&w, "a\"b");
	json_object_end(&w);
	ok(made("{\"a\\\"b\":null}"), "names are escaped too");
}

#define BAD "\xef\xbf\xbd"

static void
test_utf8(void)
{
	ok(string_makes("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), "2, 3 and 4 bytes");
	ok(string_makes("\xee\x80\x80\xf4\x8f\xbf\xbf",
	    "\"\xee\x80\x80\xf4\x8f\xbf\xbf\""), "U+E000 and U+10FFFF");
	ok(string_makes("\x80" "a", "\"" BAD "a\""), "a lone continuation");
	ok(string_makes("\xe9t\xe9", "\"" BAD "t" BAD "\""), "Latin-1");
	ok(string_makes("\xc0\xaf", "\"" BAD BAD "\""), "overlong, 2 bytes");
	ok(string_makes("\xe0\x9f\xbf", "\"" BAD BAD BAD "\""), "3 bytes");
	ok(string_makes("\xf0\x8f\xbf\xbf", "\"" BAD BAD BAD BAD "\""), "4");
	ok(string_makes("\xed\xa0\x80", "\"" BAD BAD BAD "\""), "surrogate");
	ok(string_makes("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""),
	    "above U+10FFFF");
	ok(string_makes("\xf5", "\"" BAD "\""), "0xf5 begins nothing");
	ok(string_makes("\xe2\x82", "\"" BAD BAD "\""), "cut after two");
	ok(string_makes("\xf0\x9f\x98", "\"" BAD BAD BAD "\""), "after three");
	ok(string_makes("\xc3", "\"" BAD "\""), "cut after one");
	ok(string_makes("\xc3\"", "\"" BAD "\\\"\""),
	    "a cut character does not swallow a quote");
}

static void
test_strings_in_pieces(void)
{
	start(sizeof(store));
	json_array_begin(&w, NULL);
	json_string_begin(&w, NULL);
	json_string_add(&w, span_of("a\""));
	json_string_add(&w, span_of(""));
	json_string_add(&w, span_of("\xc3\xa9"));
	json_string_end(&w);
	json_nothing(&w, NULL);
	json_array_end(&w);
	ok(made("[\"a\\\"\xc3\xa9\",null]"), "a string in pieces");
}

static enum status
number(const char *text)
{
	start(sizeof(store));
	json_number(&w, NULL, span_of(text));
	return json_finish(&w);
}

static void
test_numbers(void)
{
	static const char *const good[] = { "0", "-0", "7", "5.10", "-12.50",
		"1e5", "1E+5", "2.0e-10", "100000000000000000000000" };
	static const char *const bad[] = { "", "-", "+1", "01", "-01", "1.",
		".5", "1e", "1e+", "0x1", "NaN", "1 ", " 1", "1,5", "<5",
		"1.2.3", "Infinity", "1\n" };

	for (size_t i = 0; i < COUNT(good); i++)
		ok(number(good[i]) == ST_OK && span_is(buf_span(&out), good[i]),
		    "number %s stays as it is", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(number(bad[i]) == ST_INVALID, "no number: case %zu", i);
}

static void
test_failures_are_kept(void)
{
	bool kept = true;

	for (size_t max = 0; max < 29; max++) {
		start(max);
		json_object_begin(&w, NULL);
		json_text(&w, "k", "v\n\xff");
		json_base64(&w, "p", span_of("foob"));
		json_object_end(&w);
		kept &= json_finish(&w) == ST_NO_SPACE && out.len <= max;
	}
	ok(kept, "too little space is told at every size");
	start(sizeof(store));
	json_object_begin(&w, NULL);
	ok(json_finish(&w) == ST_INVALID, "an object left open");
	start(sizeof(store));
	json_object_end(&w);
	ok(json_finish(&w) == ST_INVALID, "an end without a start");
}

int
main(void)
{
	test_every_kind_of_value();
	test_escapes();
	test_utf8();
	test_strings_in_pieces();
	test_numbers();
	test_failures_are_kept();
	return done_testing();
}
