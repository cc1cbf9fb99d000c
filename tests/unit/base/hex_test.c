#include "base/hex.h"

#include "tap.h"

static enum status
decode(const char *text, size_t max)
{
	uint8_t store[8];
	struct buf b = buf_over(store, max);

	return hex_decode(span_of(text), &b);
}

static void
test_every_byte_returns(void)
{
	bool same = true;

	for (unsigned n = 0; n < 256; n++) {
		uint8_t byte = (uint8_t)n, text[2], back[1];
		struct buf t = buf_over(text, 2), b = buf_over(back, 1);

		same &= hex_encode((struct span){ &byte, 1 }, &t) == ST_OK &&
		    hex_decode(buf_span(&t), &b) == ST_OK && back[0] == byte;
	}
	ok(same, "256 bytes come back");
}

static void
test_what_is_read(void)
{
	static const char *const bad[] = { "0", "0g", "g0", " 0", "0x", "0/",
		"0:", "0@", "0G", "0`", "-1" };
	uint8_t store[3];
	struct buf b = buf_over(store, 3);

	ok(hex_decode(span_of("00aBFf"), &b) == ST_OK && store[0] == 0 &&
	    store[1] == 0xab && store[2] == 0xff, "either case");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(decode(bad[i], 8) == ST_MALFORMED, "refused: %s", bad[i]);
	ok(decode("0001", 1) == ST_NO_SPACE, "decoding into too little");
}

static void
test_encoding(void)
{
	uint8_t store[5];
	struct buf b = buf_over(store, 5);

	ok(hex_encode(span_of("\xde\xad"), &b) == ST_OK &&
	    span_is(buf_span(&b), "dead"), "lower case");
	ok(hex_encode(span_of("a"), &b) == ST_NO_SPACE && b.len == 4,
	    "encoding into too little");
}

int
main(void)
{
	test_every_byte_returns();
	test_what_is_read();
	test_encoding();
	return done_testing();
}
