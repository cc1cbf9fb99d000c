#include "wire/hprim_medecin.h"

#include "tap.h"

#define HEAD "4711\nMARTIN\nZOE\n1 RUE DES LILAS\n\n75011 PARIS\n" \
	"28/03/1979\n279035121518989 68\n20261121001\n21/11/2026\n" \
	"LABO1     Laboratoire du Port\nDRX       Docteur X\n"

static struct hprim_medecin_record record;
static struct hprim_medecin cursor;

/* Reads `text` with each "\n" as `end`; the status of the first record. */
static enum status
first(const char *text, const char *end)
{
	static uint8_t file[8192];
	struct buf b = buf_over(file, sizeof(file));
	bool fits = true;

	for (; *text != '\0'; text++)
		fits = fits && (*text == '\n' ? buf_append_text(&b, end)
		    : buf_append(&b, text, 1)) == ST_OK;
	if (!fits)
		return ST_TOO_BIG;
	hprim_medecin_init(&cursor, buf_span(&b));
	return hprim_medecin_next(&cursor, &record);
}

static enum status
next(void)
{
	return hprim_medecin_next(&cursor, &record);
}

static bool
is_martin(void)
{
	return span_is(record.head[HPRIM_MEDECIN_PATIENT], "4711") &&
	    span_is(record.head[HPRIM_MEDECIN_NAME], "MARTIN") &&
	    span_is(record.head[HPRIM_MEDECIN_FILE], "20261121001") &&
	    span_is(record.head[HPRIM_MEDECIN_ADDRESSEE],
	    "DRX       Docteur X");
}

static void
test_line_ends(void)
{
	static const char *const ends[] = { "\r\n", "\n", "\r" };
	static const char *const names[] = { "CRLF", "LF", "CR" };

	for (size_t i = 0; i < COUNT(ends); i++) {
		ok(first(HEAD "Text\n****LAB****\nRES|a\n****FIN****\n"
		    "****FINFICHIER****\n", ends[i]) == ST_OK && is_martin() &&
		    span_is(span_slice(record.text, 0, 4), "Text") &&
		    span_is(span_slice(record.lab, 0, 5), "RES|a"),
		    "R38 a record with %s", names[i]);
		ok(next() == ST_NOT_FOUND, "R38 and no other one");
	}
}

static void
test_head(void)
{
	ok(first(HEAD "\n  Text\n****FIN****\n", "\r\n") == ST_OK &&
	    is_martin() && span_is(record.text, "\r\n  Text\r\n"),
	    "R38 a blank 13th line belongs to nothing");
	ok(first(HEAD "Text\n****FIN****\n", "\n") == ST_OK && is_martin() &&
	    span_is(record.text, "Text\n"), "R38 none is fine");
	ok(first("\n\n" HEAD "Text\n****FIN****\n", "\n") == ST_OK &&
	    is_martin() && record.line == 3, "R38 blank lines before the head");
	ok(first("\nMARTIN\nZOE\n\n\n\n28/03/1979\n\n1\n21/11/2026\nL\nD\nT\n"
	    "****FIN****\n", "\n") == ST_OK &&
	    record.head[HPRIM_MEDECIN_PATIENT].len == 0 &&
	    span_is(record.head[HPRIM_MEDECIN_NAME], "MARTIN") &&
	    span_is(record.head[HPRIM_MEDECIN_FILE], "1"),
	    "R38 an empty first line is one, as the dates show");
	ok(first("\xef\xbb\xbf" HEAD "T\n****FIN****\n", "\n") == ST_OK &&
	    is_martin(), "R37 a byte order mark goes");
	ok(first("   4711   \n  MARTIN\t\nZOE\n\n\n\n28/03/79\n\n20261121001\n"
	    "21/11/26\nL\nDRX       Docteur X\n****FIN****\n", "\n") == ST_OK &&
	    is_martin() && record.text.len == 0, "R38 blanks around are not kept");
	ok(first("a\nb\n****FIN****\n" HEAD "T\n****FIN****\n", "\n") ==
	    ST_MALFORMED && record.line == 1, "R38 fewer than twelve lines");
}

static void
test_tags(void)
{
	static const char *const good[] = {
		"****FIN****", "***FIN***", "*****FIN*****", "****FIN",
		"  ****FIN****", "\t****FIN****  ", "**** FIN ****",
		"****fin****", "****FINFICHIER****", "****FIN FICHIER****",
		"**** Fin Fichier ***",
	};
	static const char *const bad[] = {
		"FIN", "**FIN**", "*FIN", "****FINI****", "****FIN DE TEXTE****",
		"*++++ FIN", "TEX|****FIN****", "****",
	};
	char text[1024];

	for (size_t i = 0; i < COUNT(good); i++) {
		snprintf(text, sizeof(text), HEAD "Text\n%s\n", good[i]);
		ok(first(text, "\r\n") == ST_OK &&
		    span_is(record.text, "Text\r\n"),
		    "R38 \"%s\" ends a record", good[i]);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof(text), HEAD "Text\n%s\n", bad[i]);
		ok(first(text, "\r\n") == ST_MORE, "R38 \"%s\" does not",
		    bad[i]);
	}
	ok(first(HEAD " **** lab ***\nTEX|a\n****LAB****\n****FIN****", "\n") ==
	    ST_OK && record.text.len == 0 &&
	    span_is(record.lab, "TEX|a\n****LAB****\n"),
	    "R38 a second ****LAB**** ends nothing");
}

#define OTHER "4712\nDURAND\nLEO\n\n\n\n01/02/1990\n\n20261121002\n" \
	"21/11/2026\nLABO1\nDRX\n"

static void
test_records(void)
{
	ok(first(HEAD "One\n****FIN****\n" OTHER "Two\n****FIN****\n"
	    "****FINFICHIER****\n", "\r") == ST_OK && is_martin(),
	    "R38 several records: the first");
	ok(next() == ST_OK && record.line == 15 &&
	    span_is(record.head[HPRIM_MEDECIN_NAME], "DURAND") &&
	    span_is(record.text, "Two\r"), "R38 the second, with its line");
	ok(next() == ST_NOT_FOUND, "R38 and no third");
	ok(first(HEAD "One\n****FIN****\n\n\n" OTHER "Two\n****FINFICHIER****",
	    "\n") == ST_OK && next() == ST_OK &&
	    span_is(record.head[HPRIM_MEDECIN_PATIENT], "4712") &&
	    next() == ST_NOT_FOUND, "R38 blank lines between them");
	ok(first(HEAD "One\n****FINFICHIER****\n" OTHER "Two\n"
	    "****FINFICHIER****\n", "\n") == ST_OK && next() == ST_OK &&
	    next() == ST_NOT_FOUND, "R38 two files in one");
	ok(first(HEAD "One\n****FIN****\n****FINFICHIER****\n--\nSent by x\n",
	    "\n") == ST_OK && next() == ST_NOT_FOUND,
	    "R38 a mail's footer is no record");
	ok(first(HEAD "One\n****FIN****\n" OTHER "Two\n", "\n") == ST_OK &&
	    next() == ST_MORE && record.line == 15,
	    "R38 a record that is cut off makes the file incomplete");
}

static void
test_prefixes(void)
{
	static const char whole[] = HEAD "One\n****FIN****";
	size_t bad = 0;

	/* Up to "****FIN" it cannot be an end. */
	for (size_t len = 1; len < strlen(whole) - 4; len++) {
		hprim_medecin_init(&cursor, (struct span){
		    (const uint8_t *)whole, len });
		bad += next() == ST_OK;
	}
	ok(bad == 0, "R38 no part of a file is taken for all of it");
}

static void
test_dates(void)
{
	static const struct {
		const char *text;
		enum hprim_medecin_when when;
		enum status st;
		const char *date;
	} row[] = {
		{ "28/03/1979", HPRIM_MEDECIN_BORN, ST_OK, "19790328" },
		{ "28.03.1979", HPRIM_MEDECIN_BORN, ST_OK, "19790328" },
		{ "28031979", HPRIM_MEDECIN_BORN, ST_OK, "19790328" },
		{ " 28-03-79 ", HPRIM_MEDECIN_BORN, ST_OK, "19790328" },
		{ "280379", HPRIM_MEDECIN_BORN, ST_OK, "19790328" },
		{ "28/03/26", HPRIM_MEDECIN_BORN, ST_UNSUPPORTED, "" },
		{ "28/03/27", HPRIM_MEDECIN_BORN, ST_OK, "19270328" },
		{ "21/11/26", HPRIM_MEDECIN_LATELY, ST_OK, "20261121" },
		{ "", HPRIM_MEDECIN_BORN, ST_NOT_FOUND, "" },
		{ "   ", HPRIM_MEDECIN_BORN, ST_NOT_FOUND, "" },
		{ "31/13/1979", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "32/01/1979", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "1979-03-28", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "28/03/0000", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "28/03/979", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "28/03/19791", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "//", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
		{ "2/3/1979", HPRIM_MEDECIN_BORN, ST_MALFORMED, "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char date[9] = "";

		ok(hprim_medecin_date(span_of(row[i].text), row[i].when, 2026,
		    date) == row[i].st && strcmp(date, row[i].date) == 0,
		    "R38 a date \"%s\"", row[i].text);
	}
}

static void
test_is(void)
{
	ok(hprim_medecin_is(span_of(HEAD)), "the dates tell what it is");
	ok(hprim_medecin_is(span_of("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n"
	    "****FIN****\n")), "or a tag after twelve lines");
	ok(hprim_medecin_is(span_of("a\n****FIN****\n")),
	    "or earlier: then it can be told what is wrong");
	ok(!hprim_medecin_is(span_of("")) &&
	    !hprim_medecin_is(span_of("H|~^\\&|\rP|1\rL|1\r")),
	    "anything else is not");
}

int
main(void)
{
	test_line_ends();
	test_head();
	test_tags();
	test_records();
	test_prefixes();
	test_dates();
	test_is();
	return done_testing();
}
