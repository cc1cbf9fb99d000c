#include "identity/der.h"

#include "tap.h"

static uint8_t storage[600];

static bool
is(const struct der *d, const void *bytes, size_t len)
{
	return span_equal(der_span(d), (struct span){ bytes, len });
}

static void
test_order(void)
{
	struct der d = der_over(storage, sizeof(storage));
	static const uint8_t one[] = { 1 };

	der_value(&d, DER_UTF8_STRING, span_of("b"));
	der_unsigned(&d, (struct span){ one, 1 });
	der_wrap(&d, DER_SEQUENCE, 0);
	ok(is(&d, "\x30\x06\x02\x01\x01\x0c\x01""b", 8),
	    "what is written last stands first");
}

static void
test_lengths(void)
{
	static const struct { size_t len; const char *head; size_t head_len; }
	rows[] = {
		{ 0, "\x04\x00", 2 }, { 127, "\x04\x7f", 2 },
		{ 128, "\x04\x81\x80", 3 }, { 255, "\x04\x81\xff", 3 },
		{ 256, "\x04\x82\x01\x00", 4 }, { 500, "\x04\x82\x01\xf4", 4 },
	};
	static uint8_t bytes[500];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct der d = der_over(storage, sizeof(storage));

		der_value(&d, DER_OCTET_STRING, (struct span){ bytes,
		    rows[i].len });
		ok(der_span(&d).len == rows[i].len + rows[i].head_len &&
		    memcmp(der_span(&d).ptr, rows[i].head, rows[i].head_len)
		    == 0, "the length of %zu bytes", rows[i].len);
	}
}

static void
test_integers(void)
{
	static const struct { const char *in; size_t len; const char *out;
	    size_t out_len; } rows[] = {
		{ "\x00", 1, "\x02\x01\x00", 3 },
		{ "\x7f", 1, "\x02\x01\x7f", 3 },
		{ "\x80", 1, "\x02\x02\x00\x80", 4 },
		{ "\x00\x00\x01", 3, "\x02\x01\x01", 3 },
		{ "\x00\xff", 2, "\x02\x02\x00\xff", 4 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct der d = der_over(storage, sizeof(storage));

		der_unsigned(&d, (struct span){ (const uint8_t *)rows[i].in,
		    rows[i].len });
		ok(is(&d, rows[i].out, rows[i].out_len),
		    "INTEGER %zu is positive and shortest", i);
	}
}

static void
test_bits(void)
{
	struct der d = der_over(storage, sizeof(storage));

	der_bits(&d, span_of("ab"));
	ok(is(&d, "\x03\x03\x00""ab", 5), "a BIT STRING of whole bytes");
}

static void
test_full(void)
{
	for (size_t size = 0; size < 8; size++) {
		struct der d = der_over(storage + 1, size);

		storage[0] = 0x5a;
		der_value(&d, DER_UTF8_STRING, span_of("abcd"));
		der_wrap(&d, DER_SEQUENCE, 0);
		ok(der_span(&d).len == 0 && storage[0] == 0x5a,
		    "nothing in %zu bytes of storage", size);
	}
	struct der d = der_over(storage, 8);

	der_value(&d, DER_UTF8_STRING, span_of("abcd"));
	der_wrap(&d, DER_SEQUENCE, 0);
	ok(der_span(&d).len == 8, "all in 8");
}

int
main(void)
{
	test_order();
	test_lengths();
	test_integers();
	test_bits();
	test_full();
	return done_testing();
}
