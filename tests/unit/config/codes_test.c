#include "config/codes.h"

#include "tap.h"

static bool
matches(const char *pattern, const char *text)
{
	struct codes_text folded;

	codes_fold(span_of(text), &folded);
	return codes_match(span_of(pattern), &folded);
}

static void
test_patterns(void)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} row[] = {
		{ "75622-1", "75622-1", true }, { "75622-1", "75622-10", false },
		{ "75622-1", "5622-1", false }, { "HIV*", "HIV12", true },
		{ "HIV*", "hiv", true }, { "HIV*", "AHIV", false },
		{ "*VIH*", "Sérologie VIH 1+2", true }, { "*vih*", "VIH", true },
		{ "*VIH*", "VHI", false }, { "*hépatite C*",
		    "SÉROLOGIE HEPATITE C", true },
		{ "*hepatite c*", "Sérologie Hépatite   C (ac)", true },
		{ "*cœur*", "CŒUR", false },	/* two letters in one stay */
		{ "a?c", "abc", true }, { "a?c", "ac", false },
		{ "a?c", "a\xe2\x82\xac" "c", true }, { "?", "", false },
		{ "*a*b*c*", "xxaxxbxxcxx", true },
		{ "*a*b*c*", "xxaxxcxxbxx", false },
		{ "a*b", "aXbXb", true }, { "a*b", "aXbXc", false },
		{ "ñ", "N", true }, { "*Ž*", "ž", true }, { "ſ", "S", true },
		{ "×", "x", false }, { "abc*", "abc", true }, { "", "", true },
		{ "*", "", true },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(matches(row[i].pattern, row[i].text) == row[i].matches,
		    "R30 pattern \"%s\" and \"%s\"", row[i].pattern,
		    row[i].text);
}

/* Every text of one to three bytes folds without a byte outside. */
static void
test_any_bytes(void)
{
	struct codes_text folded;
	size_t longest = 0;

	for (unsigned i = 0; i < 1U << 16; i++) {
		uint8_t byte[3] = { (uint8_t)(i >> 8), (uint8_t)i, 0xc3 };

		for (size_t n = 1; n <= 3; n++) {
			codes_fold((struct span){ byte, n }, &folded);
			longest = folded.len > longest ? folded.len : longest;
		}
	}
	ok(longest == 3, "two and three bytes of any value");
}

static void
test_long_text(void)
{
	static uint8_t text[100000];
	struct codes_text folded;

	memset(text, 'a', sizeof(text));
	codes_fold((struct span){ text, sizeof(text) }, &folded);
	ok(folded.len == CODES_TEXT_MAX, "a long label is cut");
	ok(!codes_match(span_of("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), &folded),
	    "and many stars take no time");
}

static void
test_list(void)
{
	struct span list = span_of("LOINC 75622-1,NABM  0388 , * *hépatite c*");
	struct codes_item item;

	ok(codes_next(&list, &item) == ST_OK && item.system == CODES_LOINC &&
	    span_is(item.pattern, "75622-1"), "the first");
	ok(codes_next(&list, &item) == ST_OK && item.system == CODES_NABM &&
	    span_is(item.pattern, "0388"), "the second, trimmed");
	ok(codes_next(&list, &item) == ST_OK && item.system == CODES_ANY &&
	    span_is(item.pattern, "*hépatite c*"), "a pattern with a blank");
	ok(codes_next(&list, &item) == ST_NOT_FOUND, "and no more");
	ok(codes_check(span_of("LOCAL a, LOINC 1-8")) == ST_OK &&
	    codes_check(span_of("LOCAL a, 1-8")) == ST_INVALID &&
	    codes_check(span_of("")) == ST_INVALID, "lists are checked whole");
}

int
main(void)
{
	test_patterns();
	test_any_bytes();
	test_long_text();
	test_list();
	return done_testing();
}
