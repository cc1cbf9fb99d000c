#include "desk/phone.h"

#include "tap.h"

/* What `typed` is read as, or a word for the refusal. */
static const char *
read_as(const char *typed)
{
	static char out[PHONE_MAX + 1];
	enum status st = phone_read(span_of(typed), out);

	return st == ST_OK ? out : st == ST_INVALID ? "invalid"
	    : st == ST_UNSUPPORTED ? "no mobile" : "?";
}

static void
is(const char *typed, const char *wanted)
{
	const char *got = read_as(typed);

	ok(strcmp(got, wanted) == 0, "%s: %s (%s)", typed, wanted, got);
}

static void
test_french_forms(void)
{
	is("0612345678", "+33612345678");
	is("06 12 34 56 78", "+33612345678");
	is("06.12.34.56.78", "+33612345678");
	is("06-12-34-56-78", "+33612345678");
	is("06/12/34/56/78", "+33612345678");
	is(" 06\u00a012\u202f34 56 78 ", "+33612345678");
	is("07 12 34 56 78", "+33712345678");
	is("+33 6 12 34 56 78", "+33612345678");
	is("+33 (0)6 12 34 56 78", "+33612345678");
	is("+33 06 12 34 56 78", "+33612345678");
	is("0033612345678", "+33612345678");
	is("00 33 (0) 6", "invalid");
	is("06 39 98 12 34", "+33639981234");
}

static void
test_overseas(void)
{
	is("0692 12 34 56", "+262692123456");
	is("0693 12 34 56", "+262693123456");
	is("0639 12 34 56", "+262639123456");
	is("0690 12 34 56", "+590690123456");
	is("0691 12 34 56", "+590691123456");
	is("0694 12 34 56", "+594694123456");
	is("0696 12 34 56", "+596696123456");
	is("0697 12 34 56", "+596697123456");
	is("+262 692 12 34 56", "+262692123456");
}

static void
test_other_countries(void)
{
	is("+32 470 12 34 56", "+32470123456");
	is("+41 79 123 45 67", "+41791234567");
	is("0049 1512 3456789", "+4915123456789");
	is("+12345678", "+12345678");
	is("+123456789012345", "+123456789012345");
}

static void
test_refusals(void)
{
	is("", "invalid");
	is("+", "invalid");
	is("0", "invalid");
	is("00", "invalid");
	is("061234567", "invalid");
	is("06123456789", "invalid");
	is("612345678", "invalid");
	is("33612345678", "invalid");
	is("+1234567", "invalid");
	is("+1234567890123456", "invalid");
	is("+06 12 34 56 78", "invalid");
	is("+33 6 12 34 56 7", "invalid");
	is("06 12 34 56 7A", "invalid");
	is("++33612345678", "invalid");
	is("06+12345678", "invalid");
	is("06 12 34 56 78, 07 12 34 56 78", "invalid");
	is("06 12 34 56 78\r\nX: y", "invalid");
	is("+999999999999999999999999999999", "invalid");
	is("01 23 45 67 89", "no mobile");
	is("+33 1 23 45 67 89", "no mobile");
	is("09 70 00 00 00", "no mobile");
}

static void
test_refused_leaves_nothing(void)
{
	char out[PHONE_MAX + 1] = "untouched";

	ok(phone_read(span_of("0612345"), out) == ST_INVALID &&
	    strcmp(out, "untouched") == 0, "no half of a number");
}

/* Any two bytes at any place: an answer, and never anything but + and digits. */
static void
test_any_bytes(void)
{
	char text[] = "06 12 34 56 78";
	char out[PHONE_MAX + 1];
	bool is_good = true;

	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		char was = text[i];

		for (int c = 0; c < 256; c++) {
			struct span s = { (const uint8_t *)text,
			    sizeof(text) - 1 };

			text[i] = (char)c;
			if (phone_read(s, out) != ST_OK)
				continue;
			is_good = is_good && out[0] == '+' &&
			    strspn(out + 1, "0123456789") == strlen(out + 1) &&
			    strlen(out) >= 9 && strlen(out) <= PHONE_MAX;
		}
		text[i] = was;
	}
	ok(is_good, "every byte at every place");
}

int
main(void)
{
	test_french_forms();
	test_overseas();
	test_other_countries();
	test_refusals();
	test_refused_leaves_nothing();
	test_any_bytes();
	return done_testing();
}
