#include "card/symbols.h"

#include "tap.h"

#define NUMBER_PLAIN   "7K3QZ9MA2TG"
#define NUMBER_PRINTED "7K3Q-Z9MA-2TG"
#define NUMBER_LOWER   "7k3qz9ma2tg"
#define NUMBER_SPACED  " 7 K 3 Q Z 9 M A 2 T G "
#define WRONG_CHECK    "0"
#define CODE_PRINTED   "C0DE-4TES-TS0N-1Y7R"
#define CODE_TYPED     "code-4tes-tson-ly7r"
#define DAY_PRINTED    "D4YC-0DE7-77A"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static struct symbols
symbols_of(const char *text)
{
	struct symbols s = { .len = strlen(text) };

	memcpy(s.text, text, s.len);
	return s;
}

static enum status
read_number(const char *typed)
{
	struct symbols s;

	return symbols_parse(span_of(typed), CARD_NUMBER_LEN, &s);
}

/* Worked out by tests/interop/make_vectors.py. */
static void
test_known_check_symbols(void)
{
	static const char *const v[][2] = {
		{ "7K3QZ9MA2T", NUMBER_PRINTED },
		{ "C0DE4TESTS0N1Y7", CODE_PRINTED },
		{ "D4YC0DE777", DAY_PRINTED },
	};

	for (size_t i = 0; i < COUNT(v); i++) {
		struct symbols s = symbols_of(v[i][0]);
		uint8_t text[SYMBOLS_PRINTED_MAX];
		struct buf b = buf_over(text, sizeof(text));

		ok(symbols_print(&s, &b) == ST_OK &&
		    span_is(buf_span(&b), v[i][1]), "prints %s", v[i][1]);
	}
}

/* `text` of symbols and a check symbol; is it refused as a typing error? */
static bool
is_caught(const char *text, size_t len)
{
	struct symbols s;

	return symbols_parse((struct span){ (const uint8_t *)text, len + 1 },
	    len, &s) == ST_FORGED;
}

static void
make_random(char *text, size_t len)
{
	struct symbols s;

	symbols_random(&s, len);
	memcpy(text, s.text, len);
	text[len] = symbols_check(&s);
}

static void
test_every_single_error_is_caught(void)
{
	char text[SYMBOLS_MAX + 1];
	bool all = true;

	for (int round = 0; round < 20; round++) {
		make_random(text, SLIP_CODE_LEN);
		for (size_t i = 0; i <= SLIP_CODE_LEN; i++) {
			char right = text[i];

			for (size_t v = 0; v < 32; v++) {
				text[i] = alphabet[v];
				all &= is_caught(text, SLIP_CODE_LEN) ==
				    (alphabet[v] != right);
			}
			text[i] = right;
		}
	}
	ok(all, "one wrong symbol, the check symbol too, is always caught");
}

/* Swaps text[at] and text[at + 1] for each pair of different symbols. */
static unsigned
missed_swaps(size_t at, bool *as_stated)
{
	unsigned missed = 0;

	for (size_t a = 0; a < 32; a++)
		for (size_t b = 0; b < 32; b++) {
			struct symbols s = symbols_of("7K3QZ9MA2T");
			char text[CARD_NUMBER_LEN + 1];
			bool zero_z = (a == 0 && b == 31) ||
			    (a == 31 && b == 0);

			s.text[at] = alphabet[a];
			s.text[at + 1] = alphabet[b];
			memcpy(text, s.text, s.len);
			text[CARD_NUMBER_LEN] = symbols_check(&s);
			text[at] = alphabet[b];
			text[at + 1] = alphabet[a];
			if (a == b || is_caught(text, CARD_NUMBER_LEN))
				continue;
			missed++;
			*as_stated &= zero_z;
		}
	return missed;
}

static void
test_swaps_of_neighbours(void)
{
	bool as_stated = true;
	unsigned missed = 0;

	for (size_t at = 0; at + 2 <= CARD_NUMBER_LEN; at++)
		missed += missed_swaps(at, &as_stated);
	ok(as_stated, "no swap of neighbours is missed but 0 with Z");
	ok(missed == 2 * (CARD_NUMBER_LEN - 1),
	    "and that one is missed at each place: 2 of 992 swaps");
}

static void
test_reading_is_forgiving(void)
{
	static const char *const good[] = { NUMBER_PRINTED, NUMBER_PLAIN,
		NUMBER_LOWER, NUMBER_SPACED, "\t" NUMBER_PLAIN "\r\n" };
	struct symbols s;

	for (size_t i = 0; i < COUNT(good); i++)
		ok(symbols_parse(span_of(good[i]), CARD_NUMBER_LEN, &s) ==
		    ST_OK && s.len == CARD_NUMBER_LEN &&
		    memcmp(s.text, "7K3QZ9MA2T", s.len) == 0,
		    "reads \"%s\"", i < 4 ? good[i] : "white space around");
	ok(symbols_parse(span_of(CODE_TYPED), SLIP_CODE_LEN, &s) ==
	    ST_OK && memcmp(s.text, "C0DE4TESTS0N1Y7", s.len) == 0,
	    "o and O for 0, i, I, l and L for 1");
}

static void
test_what_is_not_read(void)
{
	static const char *const bad[] = { "", "-", "7K3Q-Z9MA-2T",
		NUMBER_PLAIN "0", "7K3Q-Z9MA-2U0", "7K3Q_Z9MA_2T0",
		"7K3Q-Z9MA-2\xc3\xa9" };
	struct symbols s = symbols_of("BEFORE");

	for (size_t i = 0; i < COUNT(bad); i++)
		ok(read_number(bad[i]) == ST_MALFORMED, "no number: %zu", i);
	ok(read_number("7K3Q-Z9MA-2T" WRONG_CHECK) == ST_FORGED,
	    "a wrong check symbol is told apart");
	ok(symbols_parse((struct span){ (const uint8_t *)"7K\0003", 4 }, 3,
	    &s) == ST_MALFORMED, "a NUL byte");
	ok(symbols_parse(span_of("0000000000000000000"), 18, &s) ==
	    ST_MALFORMED, "longer than any of ours");
	ok(s.len == 6, "a failure leaves the result alone");
}

static void
test_printing_into_too_little(void)
{
	struct symbols s = symbols_of("7K3QZ9MA2T");
	uint8_t text[SYMBOLS_PRINTED_MAX];
	bool refused = true;

	for (size_t max = 0; max < 13; max++) {
		struct buf b = buf_over(text, max);

		refused &= symbols_print(&s, &b) == ST_NO_SPACE && b.len == 0;
	}
	ok(refused, "printing needs its 13 bytes");
}

/* 32 divides 256, so each symbol's share is 1/32; 40000 draws. */
static void
test_random_symbols_are_even(void)
{
	unsigned seen[128] = { 0 };
	bool even = true;

	for (int i = 0; i < 4000; i++) {
		struct symbols s;

		symbols_random(&s, CARD_NUMBER_LEN);
		for (size_t k = 0; k < s.len; k++)
			seen[s.text[k] & 127]++;
	}
	/* 1250 expected, standard deviation 35. */
	for (size_t i = 0; i < 32; i++)
		even &= seen[(size_t)alphabet[i]] > 1000 &&
		    seen[(size_t)alphabet[i]] < 1500;
	ok(even, "each of the 32 symbols is as likely");
}

int
main(void)
{
	test_known_check_symbols();
	test_every_single_error_is_caught();
	test_swaps_of_neighbours();
	test_reading_is_forgiving();
	test_what_is_not_read();
	test_printing_into_too_little();
	test_random_symbols_are_even();
	return done_testing();
}
