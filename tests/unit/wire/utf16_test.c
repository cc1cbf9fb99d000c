#include "wire/utf16.h"

#include "tap.h"
#include "wire/charset.h"

static uint8_t storage[256];
static struct buf out;

static enum status
convert(const void *bytes, size_t len)
{
	out = buf_over(storage, sizeof(storage));
	return utf16_to_utf8((struct span){ bytes, len }, &out);
}

static bool
gives(const void *bytes, size_t len, const char *utf8)
{
	return convert(bytes, len) == ST_OK && span_is(buf_span(&out), utf8);
}

static void
test_text(void)
{
	static const uint8_t little[] = "\xff\xfeH\0|\0\xe9\0\xb5\0\x64\x22";
	static const uint8_t big[] = "\xfe\xff\0H\0|\0\xe9\0\xb5\x22\x64";

	ok(utf16_is((struct span){ little, 12 }) &&
	    utf16_is((struct span){ big, 12 }), "both marks are known");
	ok(!utf16_is(span_of("H|")) && !utf16_is((struct span){ big, 1 }) &&
	    !utf16_is((struct span){ 0 }), "and nothing else");
	ok(gives(little, 12, "H|éµ≤"), "R37 UTF-16 little-endian");
	ok(gives(big, 12, "H|éµ≤"), "R37 UTF-16 big-endian");
	ok(gives("\xff\xfe", 2, ""), "a mark alone is nothing");
}

static void
test_pairs(void)
{
	ok(gives("\xff\xfe\x3d\xd8\x00\xde", 6, "\U0001F600"),
	    "a surrogate pair is one character");
	ok(gives("\xff\xfe\x3d\xd8", 4, "\uFFFD"), "half of one is U+FFFD");
	ok(gives("\xff\xfe\x3d\xd8" "A\0", 6, "\uFFFD" "A"),
	    "what follows half a pair is kept");
	ok(gives("\xff\xfe\x00\xde" "A\0", 6, "\uFFFD" "A"),
	    "a second half alone is U+FFFD");
	ok(gives("\xff\xfe" "A\0B", 5, "A\uFFFD"),
	    "a byte left over is U+FFFD");
}

static void
test_any_bytes(void)
{
	uint8_t bytes[66] = { 0xff, 0xfe };
	uint32_t random = 1;
	bool good = true;

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 2; i < sizeof(bytes); i++) {
			random = random * 1664525 + 1013904223;
			bytes[i] = (uint8_t)(random >> 24);
		}
		good = good && convert(bytes, sizeof(bytes)) == ST_OK &&
		    out.len <= utf16_most(sizeof(bytes)) &&
		    charset_is_utf8(buf_span(&out));
	}
	ok(good, "whatever the bytes, the result is UTF-8 and fits");
	out = buf_over(storage, 2);
	ok(utf16_to_utf8((struct span){ bytes, sizeof(bytes) }, &out) ==
	    ST_NO_SPACE, "too little room is said");
}

int
main(void)
{
	test_text();
	test_pairs();
	test_any_bytes();
	return done_testing();
}
