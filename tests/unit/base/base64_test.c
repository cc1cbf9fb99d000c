#include "base/base64.h"

#include "tap.h"

static bool
encodes(enum status (*encode)(struct span, struct buf *), const char *in,
    const char *expected)
{
	uint8_t store[64];
	struct buf b = buf_over(store, sizeof(store));

	return encode(span_of(in), &b) == ST_OK && span_is(buf_span(&b), expected);
}

/* RFC 4648 section 10. */
static void
test_published_vectors(void)
{
	static const char *const v[][3] = {
		{ "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" }, { "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	};
	bool padded = true, url = true;

	for (size_t i = 0; i < COUNT(v); i++) {
		padded &= encodes(base64_encode, v[i][0], v[i][1]);
		url &= encodes(base64url_encode, v[i][0], v[i][2]);
	}
	ok(padded, "base64 as RFC 4648 section 10");
	ok(url, "base64url is the same without padding");
	ok(encodes(base64_encode, "\xfb\xff\xbf", "+/+/"), "plus and slash");
	ok(encodes(base64url_encode, "\xfb\xff\xbf", "-_-_"),
	    "minus and underscore");
}

static void
test_every_length_returns(void)
{
	uint8_t in[200], text[300], back[200];
	bool same = true, counted = true;

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 89 + 7);
	for (size_t len = 0; len <= sizeof(in); len++) {
		struct buf t = buf_over(text, sizeof(text));
		struct buf b = buf_over(back, sizeof(back));
		struct span s = { in, len };

		same &= base64url_encode(s, &t) == ST_OK &&
		    base64url_decode(buf_span(&t), &b) == ST_OK &&
		    span_equal(buf_span(&b), s);
		counted &= t.len == base64url_length(len);
	}
	ok(same, "0 to 200 bytes come back");
	ok(counted, "base64url_length() says how many symbols");
}

static enum status
decode(const char *text)
{
	uint8_t store[64];
	struct buf b = buf_over(store, sizeof(store));
	enum status st = base64url_decode(span_of(text), &b);

	if (st != ST_OK && b.len != 0)
		return ST_COUNT;
	return st;
}

static void
test_decoding_is_strict(void)
{
	static const char *const bad[] = {
		"A", "AAAAA",				/* no such length */
		"Zg==", "Zm8=", "Z===",			/* padding */
		"Zm9v\n", "Zm 9v", "\tZm9v",		/* white space */
		"Zm9+", "Zm9/",				/* the other alphabet */
		"Zm9\xc3", "Zm9.", "Zm9@", "Zm9[", "Zm9`", "Zm9{", "Zm9:",
		"Zh", "Zv",				/* one byte, loose bits */
		"Zm9", "Zm-",				/* two bytes, loose bits */
	};

	for (size_t i = 0; i < COUNT(bad); i++)
		ok(decode(bad[i]) == ST_MALFORMED, "refused: case %zu", i);
	ok(decode("Zg") == ST_OK && decode("Zm8") == ST_OK,
	    "their canonical spellings are read");
}

static void
test_each_symbol_alone(void)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	bool right = true;

	for (int c = 0; c < 256; c++) {
		uint8_t text[4] = { 'A', 'A', 'A', (uint8_t)c }, out[3];
		struct buf b = buf_over(out, sizeof(out));
		const char *at = c == 0 ? NULL : strchr(symbols, c);
		enum status st = base64url_decode((struct span){ text, 4 }, &b);

		right &= at == NULL ? st == ST_MALFORMED
		    : st == ST_OK && out[2] == at - symbols;
	}
	ok(right, "of 256 bytes exactly the 64 symbols are read");
}

static void
test_space(void)
{
	uint8_t store[8];
	struct buf b = buf_over(store, 7);

	ok(base64_encode(span_of("fooba"), &b) == ST_NO_SPACE && b.len == 0,
	    "base64: no space, nothing written");
	ok(base64url_encode(span_of("fooba"), &b) == ST_OK && b.len == 7,
	    "base64url: fits exactly");
	ok(base64url_encode(span_of("f"), &b) == ST_NO_SPACE && b.len == 7,
	    "and is full then");
	b = buf_over(store, 2);
	ok(base64url_decode(span_of("Zm9v"), &b) == ST_NO_SPACE && b.len == 0,
	    "decoding into too little");
}

static void
test_in_place_at_the_end(void)
{
	bool same = true;

	for (size_t len = 1; len < 100; len++) {
		uint8_t in[100], text[140], there[140];
		struct buf a = buf_over(text, sizeof(text));
		struct buf b = buf_over(there, base64url_length(len));

		for (size_t i = 0; i < len; i++)
			in[i] = (uint8_t)(i * 31 + len);
		memcpy(there + b.max - len, in, len);
		same &= base64url_encode((struct span){ in, len }, &a) == ST_OK &&
		    base64url_encode((struct span){ there + b.max - len, len },
		    &b) == ST_OK && span_equal(buf_span(&a), buf_span(&b));
	}
	ok(same, "input at the end of its own output");
}

int
main(void)
{
	test_published_vectors();
	test_every_length_returns();
	test_decoding_is_strict();
	test_each_symbol_alone();
	test_space();
	test_in_place_at_the_end();
	return done_testing();
}
