#include "wire/hprim.h"

#include <stdlib.h>

#include "tap.h"

static uint8_t room[1 << 16];
static struct buf out;
static struct hprim_file about;

static enum status
unfold_bytes(struct span file)
{
	if (hprim_most(file.len) > sizeof(room))
		abort();
	out = buf_over(room, sizeof(room));
	return hprim_unfold(file, &out, &about);
}

static enum status
unfold(const char *text)
{
	return unfold_bytes(span_of(text));
}

static bool
gives(const char *text, const char *segments)
{
	return unfold(text) == ST_OK && span_is(buf_span(&out), segments);
}

static bool
faults(const char *text, enum hprim_fault fault, unsigned line)
{
	return unfold(text) == ST_MALFORMED && about.fault == fault &&
	    about.fault_line == line;
}

/* --- delimiters ---------------------------------------------------------- */

static void
test_delimiters(void)
{
	static const struct {
		const char *head, *who;
		char field, component, repetition, escape, subcomponent;
	} row[] = {
		{ "H|~^\\&|", "the standard", '|', '~', '^', '\\', '&' },
		{ "H|^~\\&|", "a hospital", '|', '^', '~', '\\', '&' },
		{ "H|^~&\\|", "an open-source HIS", '|', '^', '~', '&', '\\' },
		{ "H|\\^&~|", "an open-source EHR", '|', '\\', '^', '&', '~' },
		{ "H;,:!?;", "whoever likes others", ';', ',', ':', '!', '?' },
		{ "H#^~\\&#", "or another field mark", '#', '^', '~', '\\', '&' },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[64];

		snprintf(text, sizeof(text), "%sA.HPR\rL%c1\r", row[i].head,
		    row[i].field);
		ok(unfold(text) == ST_OK && about.d.field == row[i].field &&
		    about.d.component == row[i].component &&
		    about.d.repetition == row[i].repetition &&
		    about.d.escape == row[i].escape &&
		    about.d.subcomponent == row[i].subcomponent,
		    "R35 delimiters by position: %s, as %s has them",
		    row[i].head, row[i].who);
	}
	ok(unfold("H|~^\\|A\rL|1\r") == ST_OK && about.d.escape == '\\' &&
	    about.d.subcomponent == 0, "R35 four delimiters: none is 0");
}

static void
test_no_delimiters(void)
{
	ok(faults("", HPRIM_NO_H, 1), "R35 an empty file has no H");
	ok(faults("P|1\rL|1\r", HPRIM_NO_H, 1), "R35 nor has one without");
	ok(faults("HELLO\rL|1\r", HPRIM_NO_H, 1), "R35 nor a word");
	ok(faults("H", HPRIM_NO_H, 1), "R35 nor a lone H");
	ok(faults("H|~~\\&|\rL|1\r", HPRIM_DELIMITERS, 1),
	    "R35 no delimiter may stand twice");
	ok(faults("H|\xcb\x9c^\\&|\rL|1\r", HPRIM_DELIMITERS, 1),
	    "R35 a letter like U+02DC is none");
	ok(faults("H|a^\\&|\rL|1\r", HPRIM_DELIMITERS, 1), "R35 nor is a");
	ok(faults("H|~|\rL|1\r", HPRIM_DELIMITERS, 1), "R35 two are too few");
	ok(faults("H|~^\\&#|\rL|1\r", HPRIM_DELIMITERS, 1),
	    "R35 six are too many");
	ok(hprim_is(span_of("\xef\xbb\xbf\r\nH|~^\\&|")) &&
	    !hprim_is(span_of("MSH|^~\\&|")) && !hprim_is(span_of("{}")),
	    "what it starts with tells what it is");
}

/* --- lines --------------------------------------------------------------- */

#define H "H|~^\\&|A.HPR"

static void
test_lines(void)
{
	static const char three[] = H "\rP|1\rL|1\r";

	ok(gives(H "\rP|1\rL|1\r", three), "R37 lines end with CR");
	ok(gives(H "\nP|1\nL|1\n", three), "R37 or LF");
	ok(gives(H "\r\nP|1\r\nL|1\r\n", three), "R37 or CRLF");
	ok(gives(H "\nP|1\r\nL|1\r", three), "R37 or one of each");
	ok(gives(H "\rP|1\rL|1", three), "R35 the last without an end");
	ok(gives("\xef\xbb\xbf" H "\rP|1\rL|1\r", three),
	    "R37 a byte order mark goes");
	ok(gives(H "\r\n\x1a\0x", "") == false, "no L, no file");
	ok(unfold_bytes((struct span){ (const uint8_t *)
	    H "\r\n\0\1\rP|1\r\t\vL|1\r\n\x1a", sizeof(H "\r\n\0\1\rP|1\r\t\vL"
	    "|1\r\n\x1a") - 1 }) == ST_OK && span_is(buf_span(&out), three),
	    "R35 control characters in front of a line are ignored");
	ok(about.lines == 3 && about.segments == 3 && about.patients == 1 &&
	    about.addenda == 0, "and are not counted");
	ok(gives(H "\r  \rP|1\r\rL|1\r", three), "R35 blank lines are skipped");
	ok(gives(H "\rP\rL", H "\rP\rL\r"), "R35 a name alone is a segment");
}

static void
test_text_lines(void)
{
	ok(gives(H "\rP|1\rOBX|1|TX|A||one\ntwo\r\nthree|u\rL|1\r",
	    H "\rP|1\rOBX|1|TX|A||one\ntwo\nthree|u\rL|1\r"),
	    "R35 a line end inside the text of an OBX stays there");
	ok(gives(H "\rC|1|L|one\ntwo\rA| and\ntoo\rL|1\r",
	    H "\rC|1|L|one\ntwo and\ntoo\rL|1\r"),
	    "R35 in a C as well, addenda or not");
	ok(faults(H "\rP|1\r\nwhat\rL|1\r", HPRIM_NO_SEGMENT, 3),
	    "R35 anywhere else it is told with its line");
	ok(faults(H "\rP|1\robx|1\rL|1\r", HPRIM_NO_SEGMENT, 3),
	    "R35 small letters name no segment");
}

/* --- addenda ------------------------------------------------------------- */

#define WHOLE H "||LAB~Labo|||ORU\rP|1||4711||MARTIN~ZO\xc9\rOBR|1||~D1|" \
	"GLU~Glyc\\T\\mie~L\rOBX|1|NM|GLU~Glyc~L||5.10|mmol/l\rC|1|L|a^b\rL|1\r"

static void
test_addenda(void)
{
	static const char whole[] = WHOLE;
	size_t end = strlen(whole), start = 0, cuts = 0, good = 0;

	for (size_t at = 1; at < end; at++) {
		char text[2 * sizeof(whole) + 8];

		if (whole[at - 1] == '\r') {
			start = at;
			continue;
		}
		/* The delimiters themselves cannot be cut: they are what the
		 * rest is read with; nor can a segment's name. */
		if (at - start < 4 || (start == 0 && at < 7))
			continue;
		snprintf(text, sizeof(text), "%.*s\rA|%s", (int)at, whole,
		    whole + at);
		cuts++;
		good += gives(text, whole) && about.addenda == 1 &&
		    about.segments == 6 && about.lines == 7;
	}
	ok(good == cuts && cuts > 60,
	    "R35 an addendum may cut at any of %zu characters", cuts);
	ok(gives(H "\rP|1|2\rA\rA|\rA||3\rL|1\r", H "\rP|1|2|3\rL|1\r"),
	    "R35 an empty addendum adds nothing");
	ok(gives(H "\rP|1\rL|1\rA||1\r", H "\rP|1\rL|1|1\r"),
	    "R35 the L may have one, too");
}

/* A PDF is thousands of them, and each costs the same. */
static void
test_many_addenda(void)
{
	enum { LINES = 40000, PIECE = 200 };
	size_t max = LINES * (PIECE + 4) + 256, len = 0;
	char *text = malloc(max), *unfolded = malloc(max);
	struct buf storage = buf_over(unfolded, max);

	if (text == NULL || unfolded == NULL)
		abort();
	len += (size_t)sprintf(text, H "\rP|1\rOBR|1\rOBX|1|PDF|CRPPDF||");
	for (size_t i = 0; i < LINES; i++) {
		len += (size_t)sprintf(text + len, "\rA|");
		memset(text + len, 'A' + (int)(i % 26), PIECE);
		len += PIECE;
	}
	len += (size_t)sprintf(text + len, "\rL|1\r");
	ok(hprim_unfold((struct span){ (uint8_t *)text, len }, &storage,
	    &about) == ST_OK && about.addenda == LINES &&
	    about.segments == 5 && about.long_lines == 0,
	    "R35 %d addenda make one field of 8 MB", LINES);
	free(text);
	free(unfolded);
}

static void
test_long_lines(void)
{
	char text[1024];

	snprintf(text, sizeof(text), H "\rC|1|L|%0213d\rC|2|L|%0214d\rL|1\r", 0,
	    0);
	ok(unfold(text) == ST_OK && about.long_lines == 1,
	    "R35 a line over 220 characters is read and counted");
}

/* --- the end ------------------------------------------------------------- */

static void
test_end(void)
{
	ok(faults(H "\rP|1\rOBR|1\r", HPRIM_NO_L, 3),
	    "R35 no L: the file is incomplete");
	ok(faults(H "\rP|1\rL|1\rP|2\r", HPRIM_AFTER_L, 4),
	    "R35 nothing may follow L");
	ok(faults(H "\rL|1\r" H "\rL|1\r", HPRIM_AFTER_L, 3),
	    "R35 no second message either");
	ok(faults(H "\rP|1\r" H "\rL|1\r", HPRIM_SECOND_H, 3),
	    "R35 and no second H before it");
}

static void
test_counts(void)
{
	ok(unfold(H "\rP|1\rP|2\rA||x\rL|1||2|5|LOT\r") == ST_OK,
	    "R35 14.4 and 14.5 are right");
	ok(unfold(H "\rP|1\rP|2\rA||x\rL|1||2|4\r") == ST_OK,
	    "R35 14.5 without the addenda, too");
	ok(faults(H "\rP|1\rL|1||2|3\r", HPRIM_PATIENTS, 3),
	    "R35 14.4 counts another number of P");
	ok(faults(H "\rP|1\rL|1||1|4\r", HPRIM_SEGMENTS, 3) &&
	    about.counted_segments == 4, "R35 14.5 another one of segments");
	ok(unfold(H "\rP|1\rL|1||1\r") == ST_OK &&
	    unfold(H "\rP|1\rL|1|||\r") == ST_OK &&
	    unfold(H "\rP|1\rL\r") == ST_OK,
	    "R35 what is not said is not checked");
	ok(unfold(H "\rP|1\rL|1||001| 3 \r") == ST_OK,
	    "R35 zeros and blanks are no difference");
}

/* Wherever a transfer breaks off, the file is incomplete and says so. */
static void
test_every_prefix(void)
{
	static const char whole[] = WHOLE;
	size_t bad = 0;

	/* Up to "L": that it goes on cannot be seen. */
	for (size_t len = 0; len < strlen(whole) - 3; len++)
		bad += unfold_bytes((struct span){ (const uint8_t *)whole, len
		    }) != ST_MALFORMED;
	ok(bad == 0, "R35 no part of a file is taken for all of it");
	ok(unfold(whole) == ST_OK, "and all of it is");
	out = buf_over(room, 10);
	ok(hprim_unfold(span_of(whole), &out, &about) == ST_NO_SPACE,
	    "too little room is said");
}

static void
test_line_of(void)
{
	struct span file = span_of("\r\n" H "\r\nP|1\r\nA|2\r\n\r\nOBR|1\r\n"
	    "OBX|1|TX|A||b\r\nc\r\nL|1\r\n");

	ok(hprim_line_of(file, 1) == 2 && hprim_line_of(file, 2) == 3 &&
	    hprim_line_of(file, 3) == 6 && hprim_line_of(file, 4) == 7 &&
	    hprim_line_of(file, 5) == 9, "a segment's line in the file");
	ok(hprim_line_of(file, 6) == 0 && hprim_line_of(file, 0) == 0 &&
	    hprim_line_of(span_of("x"), 1) == 0, "0 where there is none");
}

int
main(void)
{
	test_delimiters();
	test_no_delimiters();
	test_lines();
	test_text_lines();
	test_addenda();
	test_many_addenda();
	test_long_lines();
	test_end();
	test_counts();
	test_every_prefix();
	test_line_of();
	return done_testing();
}
