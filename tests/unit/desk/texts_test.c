#include "desk/texts.h"

#include "tap.h"

/* The next conversion of a printf format: "%s", "%llu"; empty at the end. */
static struct span
next_conversion(const char **at)
{
	const char *start = strchr(*at, '%');
	size_t len;

	if (start == NULL)
		return (struct span){ 0 };
	len = strcspn(start + 1, "sdu%") + 2;
	*at = start + len;
	return (struct span){ (const uint8_t *)start, len };
}

static int
same_conversions(const char *a, const char *b)
{
	for (;;) {
		struct span x = next_conversion(&a), y = next_conversion(&b);

		if (!span_equal(x, y))
			return 0;
		if (x.len == 0)
			return 1;
	}
}

static void
test_languages_take_the_same_arguments(void)
{
	for (int id = 0; id < TEXT_COUNT; id++) {
		const char *en = text_in(LANG_EN, (enum text_id)id);
		const char *fr = text_in(LANG_FR, (enum text_id)id);

		ok(same_conversions(en, fr), "text %d: same conversions", id);
	}
}

static void
test_choice_of_language(void)
{
	ok(lang_of(span_of("fr_FR.UTF-8")) == LANG_FR, "fr_FR.UTF-8");
	ok(lang_of(span_of("fr")) == LANG_FR, "fr");
	ok(lang_of(span_of("en")) == LANG_EN, "en");
	ok(lang_of(span_of("")) == LANG_EN, "nothing said is English");
}

int
main(void)
{
	test_languages_take_the_same_arguments();
	test_choice_of_language();
	return done_testing();
}
