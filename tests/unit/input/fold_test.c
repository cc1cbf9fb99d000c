#include "input/fold.h"

#include "tap.h"

static bool
folds_to(const char *text, const char *wanted)
{
	struct span rest = span_of(text);
	uint8_t all[256];
	size_t len = 0;

	while (rest.len > 0 && len + FOLD_MOST <= sizeof(all))
		len += fold_next(&rest, all + len);
	return span_is((struct span){ all, len }, wanted);
}

static void
test_names(void)
{
	static const struct {
		const char *text, *wanted;
	} row[] = {
		{ "DÉSIRÉ", "DESIRE" }, { "Désirée Le-Gall", "DESIREELEGALL" },
		{ "D'ANGELO", "DANGELO" }, { "D\u2019Angelo", "DANGELO" },
		{ "Lefe\u0301vre", "LEFEVRE" }, { "LEFÈVRE", "LEFEVRE" },
		{ "Çelik", "CELIK" }, { "Œuvrard", "OEUVRARD" },
		{ "Straße", "STRASSE" }, { "Łukasz Żółć", "LUKASZZOLC" },
		{ "Ærø", "AERO" }, { "Þór", "THOR" }, { "Ÿ", "Y" }, { "ſ", "S" },
		{ "Jean\u00a0Paul", "JEANPAUL" }, { "Marie\u2011Ève", "MARIEEVE" },
		{ "1979-03-28", "19790328" }, { "", "" }, { "-' .", "" },
		{ "Αθηνά", "Αθηνά" }, { "李", "李" }, { "×÷", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(folds_to(row[i].text, row[i].wanted), "R28 %s is %s",
		    row[i].text, row[i].wanted);
}

static void
test_any_bytes(void)
{
	static const char *const broken[] = {
		"\xc3", "\xe2\x80", "\xff\xfe", "\x80", "\xf0\x9f\x98", "\xc3\x28",
	};
	uint8_t out[FOLD_MOST];

	for (size_t i = 0; i < COUNT(broken); i++) {
		struct span rest = span_of(broken[i]);
		size_t turns = 0;

		while (rest.len > 0 && ++turns < 16)
			(void)fold_next(&rest, out);
		ok(rest.len == 0, "no UTF-8, %zu: ends", i);
	}
}

int
main(void)
{
	test_names();
	test_any_bytes();
	return done_testing();
}
