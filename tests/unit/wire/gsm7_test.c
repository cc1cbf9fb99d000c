#include "wire/gsm7.h"

#include "tap.h"

static const struct {
	const char *name, *folded;
} names[] = {
	{ "Laboratoire Dupont", "Laboratoire Dupont" },
	{ "Laboratoire de l'Étang", "Laboratoire de l'Etang" },
	{ "Biologie médicale — Œuvres & Fils", "Biologie medicale - OEuvres & Fils" },
	{ "labo-dupont.fr", "labo-dupont fr" },
	{ "https://labo.example/x?y=1", "https labo example x y 1" },
	{ "  Ça   va \t là  ", "Ca va la" },
	{ "l\xe2\x80\x99H\xc3\xb4pital", "l'Hopital" },
	{ "Stra\xc3\x9f" "e {~} [1]", "Strasse 1" },
	{ "Ke\xcc\x81ké \xc5\x81\xc3\xb3\xc5\xba", "Keke Loz" },
	{ "\xe6\x97\xa5\xe6\x9c\xac", "" },
	{ "", "" },
	{ "a\xc3", "a" },
	{ "\xff\xfe!!", "" },
};

static void
test_names(void)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		uint8_t bytes[64];
		struct buf out = buf_over(bytes, sizeof(bytes));

		ok(gsm7_name(span_of(names[i].name), &out) == ST_OK &&
		    span_is(buf_span(&out), names[i].folded),
		    "\"%s\": %.*s", names[i].folded, (int)out.len, bytes);
	}
}

/* What no name can put into a message: any two bytes before and after. */
static void
test_any_bytes(void)
{
	bool good = true;

	for (unsigned i = 0; i < 0x10000; i++) {
		const uint8_t name[4] = { 'a', (uint8_t)(i >> 8), (uint8_t)i, 'b' };
		uint8_t bytes[16];
		struct buf out = buf_over(bytes, sizeof(bytes));

		good = good && gsm7_name((struct span){ name, 4 }, &out) == ST_OK
		    && gsm7_is_plain(buf_span(&out)) && out.len <= 4;
		for (size_t n = 0; n < out.len; n++)
			good = good && bytes[n] != '.' && bytes[n] != '/' &&
			    bytes[n] != ':' && bytes[n] != '@';
	}
	ok(good, "any bytes become plain characters, no longer than they were");
}

static void
test_room(void)
{
	uint8_t bytes[4];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(gsm7_name(span_of("abcde"), &out) == ST_NO_SPACE && out.len == 0,
	    "a name that does not fit leaves nothing behind");
}

static void
test_cut(void)
{
	struct span name = span_of("Labo du Centre");

	ok(span_is(gsm7_cut(name, 14), "Labo du Centre"), "all of it");
	ok(span_is(gsm7_cut(name, 13), "Labo du"), "at a word");
	ok(span_is(gsm7_cut(name, 7), "Labo du"), "at a word's very end");
	ok(span_is(gsm7_cut(name, 6), "Labo"), "at the word before");
	ok(span_is(gsm7_cut(name, 3), "Lab"), "within the first word");
	ok(gsm7_cut(name, 0).len == 0, "to nothing");
}

static void
test_plain(void)
{
	bool good = true;

	for (unsigned c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c;
		bool is_plain = c == '\n' || (c >= ' ' && c < 0x7f &&
		    strchr("[\\]^`{|}~", (int)c) == NULL);

		good = good && gsm7_is_plain((struct span){ &byte, 1 }) == is_plain;
	}
	ok(good, "plain is what ASCII and GSM have alike, one septet each");
}

int
main(void)
{
	test_names();
	test_any_bytes();
	test_room();
	test_cut();
	test_plain();
	return done_testing();
}
