#include "config/senders.h"

#include "tap.h"

static bool
have(const char *text, const char *application, const char *facility)
{
	return senders_have(span_of(text), span_of(application),
	    span_of(facility));
}

static void
test_check(void)
{
	static const char *const good[] = { "", "A/B", "*/*", "A/*, */B",
	    " A B / C D ", "A/B/C", "\xc3\xa9/B" };
	static const char *const bad[] = { " ", "A", "A/", "/B", "/", ",",
	    "A/B,", ",A/B", "A/B,C", "A/B, ,C/D" };

	for (size_t i = 0; i < COUNT(good); i++)
		ok(senders_check(span_of(good[i])) == ST_OK, "R10 taken: '%s'",
		    good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(senders_check(span_of(bad[i])) == ST_INVALID,
		    "R10 not taken: '%s'", bad[i]);
}

static void
test_have(void)
{
	ok(have("", "X", "Y") && have("", "", ""), "R10 an empty list: all");
	ok(have("A/B", "A", "B") && have("A/B", " A", "B "),
	    "R10 listed, blanks around it or not");
	ok(!have("A/B", "A", "C") && !have("A/B", "C", "B") &&
	    !have("A/B", "B", "A"), "R10 both must match");
	ok(!have("A/B", "a", "b"), "R10 capitals count");
	ok(!have("A/B", "", "") && !have("A/B", "A", ""), "R10 none is not any");
	ok(have("A/*", "A", "C") && have("A/*", "A", "") && !have("A/*", "B", "C"),
	    "R10 any facility");
	ok(have("*/B", "X", "B") && !have("*/B", "X", "C"), "R10 any application");
	ok(have("A/B, C/D", "C", "D") && !have("A/B, C/D", "A", "D"),
	    "R10 pairs stay pairs");
	ok(!have("A/B", "A/B", ""), "R10 a slash in the message is no pair");
	ok(!have("A/B", "*", "*"), "R10 a star in the message is no star");
}

int
main(void)
{
	test_check();
	test_have();
	return done_testing();
}
