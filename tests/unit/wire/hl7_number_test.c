#include "wire/hl7_number.h"

#include "tap.h"

static void
test_numbers(void)
{
	static const struct {
		const char *text, *json;	/* json NULL: malformed */
		bool comma;
	} row[] = {
		{ "5", "5", false }, { "5.10", "5.10", false },
		{ "0", "0", false }, { "-0.5", "-0.5", false },
		{ "+5", "5", false }, { "007.50", "7.50", false },
		{ "000", "0", false }, { ".5", "0.5", false },
		{ "5.", "5", false }, { "-.5", "-0.5", false },
		{ " 5.1 ", "5.1", false }, { "5,10", "5.10", true },
		{ "-0,05", "-0.05", true }, { "1E3", "1e3", false },
		{ "1.5e-07", "1.5e-07", false }, { "2e+3", "2e3", false },
		{ "12345678901234567890.123456789",
		    "12345678901234567890.123456789", false },
		{ "1 234", NULL, false }, { "1,234.5", NULL, false },
		{ "1.2.3", NULL, false }, { "<5", NULL, false },
		{ "NEG", NULL, false }, { "-", NULL, false },
		{ ".", NULL, false }, { "5-", NULL, false },
		{ "--5", NULL, false }, { "1e", NULL, false },
		{ "1e1000", NULL, false }, { "0x10", NULL, false },
		{ "NaN", NULL, false }, { "5%", NULL, false },
		{ "11111111111111111111111111111111111111111111111111111111111"
		    "111111", NULL, false },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[80];
		struct buf out = buf_over(text, sizeof(text));
		bool comma = false;
		enum status st = hl7_number_write(span_of(row[i].text), &out,
		    &comma);

		if (row[i].json == NULL)
			ok(st == ST_MALFORMED && out.len == 0,
			    "R22 no number: %s", row[i].text);
		else
			ok(st == ST_OK && span_is(buf_span(&out), row[i].json) &&
			    comma == row[i].comma, "R22 %s is %s", row[i].text,
			    row[i].json);
	}
}

static void
test_refusals(void)
{
	uint8_t text[2];
	struct buf out = buf_over(text, sizeof(text));
	bool comma = false;
	static const uint8_t nul[2] = { '5', 0 };

	ok(hl7_number_write(span_of("  "), &out, &comma) == ST_NOT_FOUND,
	    "R22 blank is absent");
	ok(hl7_number_write(span_of("5.1"), &out, &comma) == ST_NO_SPACE &&
	    out.len == 0, "R22 a full buffer is left as it was");
	ok(hl7_number_write((struct span){ nul, 2 }, &out, &comma) ==
	    ST_MALFORMED, "R22 a NUL is no part of a number");
}

int
main(void)
{
	test_numbers();
	test_refusals();
	return done_testing();
}
