/* Delimiters, character sets, lines, escapes and times, where they come out of
 * a whole message. */
#include "input/parse.h"

#include "parsed.h"
#include "tap.h"

#define PARIS "CET-1CEST,M3.5.0,M10.5.0/3"

/* OBX-14 in a source of some zone. */
static void
test_times(void)
{
	static const struct {
		const char *zone, *obx_14, *fhir;
		unsigned warnings;
	} row[] = {
		{ PARIS, "2026", "2026", 0 },
		{ PARIS, "202611", "2026-11", 0 },
		{ PARIS, "20261121", "2026-11-21", 0 },
		{ PARIS, "2026112107", "2026-11-21T07:00:00+01:00", 0 },
		{ PARIS, "202611210710", "2026-11-21T07:10:00+01:00", 0 },
		{ PARIS, "20260721071015", "2026-07-21T07:10:15+02:00", 0 },
		{ PARIS, "20261121071015.1234", "2026-11-21T07:10:15.1234+01:00",
		    0 },
		{ PARIS, "20261121071015-0500", "2026-11-21T07:10:15-05:00", 0 },
		{ PARIS, "20261121071015+0530", "2026-11-21T07:10:15+05:30", 0 },
		{ PARIS, "20261121071015^S", "2026-11-21T07:10:15+01:00", 0 },
		{ PARIS, "20261121071015^D", "2026-11-21", 0 },
		/* the hour that does not come, and the one that comes twice */
		{ PARIS, "202603290159", "2026-03-29T01:59:00+01:00", 0 },
		{ PARIS, "202603290230", "2026-03-29T02:30:00+01:00", WARN_TIME },
		{ PARIS, "202603290300", "2026-03-29T03:00:00+02:00", 0 },
		{ PARIS, "202610250230", "2026-10-25T02:30:00+02:00", WARN_TIME },
		{ PARIS, "202610250230+0100", "2026-10-25T02:30:00+01:00", 0 },
		{ PARIS, "202610250300", "2026-10-25T03:00:00+01:00", 0 },
		/* another zone, none at all, one that is none */
		{ "UTC0", "202610250230", "2026-10-25T02:30:00+00:00", 0 },
		{ "<-03>3", "202611210710", "2026-11-21T07:10:00-03:00", 0 },
		{ "", "202607210710", "2026-07-21T07:10:00+02:00", 0 },
		{ "Europe/Paris", "202601210710", "2026-01-21T07:10:00+01:00", 0 },
		/* what is no time: OBR-7 stands for it */
		{ PARIS, "", "2026-11-21T07:00:00+01:00", 0 },
		{ PARIS, "00000000", "2026-11-21T07:00:00+01:00", WARN_TIME },
		{ PARIS, "20260230", "2026-11-21T07:00:00+01:00", WARN_TIME },
		{ PARIS, "21/11/2026", "2026-11-21T07:00:00+01:00", WARN_TIME },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(source.timezone, sizeof(source.timezone), "%s",
		    row[i].zone);
		snprintf(text, sizeof(text), "%sOBX|1|ST|A||b||||||F|||%s\n",
		    MSH PID OBR, row[i].obx_14);
		ok(parse_text(text) == ST_OK && span_is(
		    observation(0, 0)->effective.text, row[i].fhir) &&
		    parsed.warnings == row[i].warnings, "R26 \"%s\" in zone "
		    "\"%s\" is %s", row[i].obx_14, row[i].zone, row[i].fhir);
	}
	source_init();
}

/* The hour that comes twice comes out of order only by its offset. */
static void
test_versions_in_the_night_of_the_change(void)
{
	static const char *const issued[] = {
		"20261025025900+0200", "20261025020000+0100", "20261025030000",
	};
	uint64_t before = 0;
	bool good = true;

	for (size_t i = 0; i < COUNT(issued); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%sOBR|1||F|X||||||||||||||||||%s|||"
		    "F\nOBX|1|ST|A||b||||||F\n", MSH PID, issued[i]);
		good = good && parse_text(text) == ST_OK &&
		    parsed.reports[0].version_ms > before;
		before = parsed.n_reports == 0 ? 0 : parsed.reports[0].version_ms;
	}
	ok(good, "R26 versions follow each other when the clock is put back");
}

static void
test_escapes(void)
{
	static const struct {
		const char *raw, *text;
	} row[] = {
		{ "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f", "a|b^c&d~e\\f" },
		{ "one\\.br\\two\\X0D0A\\three\\X0A\\four", "one\ntwo\nthree\nfour" },
		{ "\\X00\\a\\X1C0D\\b\\X0B\\", "a\nb" },
		{ "\\H\\bold\\N\\ and \\Z01\\", "bold and \\Z01\\" },
		{ "\\XC3A9\\t\\XC3\\\\XA9\\", "\xc3\xa9t\xc3\xa9" },
		{ "C:\\temp\\x", "C:\\temp\\x" }, { "end\\", "end\\" },
		{ "\\E\\X41\\E\\", "\\X41\\" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%sOBX|1|FT|A^%s||%s||%s||||F\n"
		    "NTE|1||%s\n", MSH PID OBR, row[i].raw, row[i].raw,
		    row[i].raw, row[i].raw);
		ok(parse_text(text) == ST_OK &&
		    span_is(observation(0, 0)->value.text, row[i].text) &&
		    span_is(observation(0, 0)->code.display, row[i].text) &&
		    span_is(observation(0, 0)->range_text, row[i].text) &&
		    observation(0, 0)->n_notes == 1 && span_is(
		    observation(0, 0)->notes[0].text, row[i].text),
		    "R19 \"%s\" in OBX-3, OBX-5, OBX-7 and NTE-3", row[i].raw);
	}
	(void)!parse_text(MSH "PID|1||1||O\\T\\NEILL\\X00\\^ZO\\XC3AB\\\n" OBR OBX);
	ok(parsed.n_reports == 1 && span_is(
	    parsed.reports[0].patient.name.family, "O&NEILL") && span_is(
	    parsed.reports[0].patient.name.given, "ZO\xc3\xab"),
	    "R19 in names, and no NUL");
	(void)!parse_text("MSH|^~\\&|S\\T\\|L|G|B|2026||ORU^R01|M\\F\\1|P|2.5\n"
	    PID OBR OBX);
	ok(span_is(parsed.head.control_id, "M\\F\\1") &&
	    span_is(parsed.head.sending_application, "S\\T\\"),
	    "R19 what an ACK mirrors is not unescaped");
}

static void
test_charsets(void)
{
	static const struct {
		const char *claim, *charset, *raw, *utf8;
		unsigned warnings;
	} row[] = {
		{ "UTF-8 declared", "UNICODE UTF-8", "\xc3\xa9", "\xc3\xa9", 0 },
		{ "UTF-8 not declared", "", "\xc3\xa9", "\xc3\xa9", 0 },
		{ "Latin-1 not declared", "", "\xe9", "\xc3\xa9", 0 },
		{ "Latin-1 declared", "8859/1", "\xe9\x80", "\xc3\xa9\xe2\x82\xac",
		    0 },
		{ "Latin-9", "8859/15", "\xa4", "\xe2\x82\xac", 0 },
		{ "UTF-8 declared in vain", "UNICODE UTF-8", "\xe9", "\xc3\xa9",
		    WARN_CHARSET },
		{ "two declared", "UNICODE UTF-8~ISO IR87", "\xc3\xa9",
		    "\xc3\xa9", 0 },
		{ "hex in the message's set", "8859/1", "\\XE9\\", "\xc3\xa9",
		    0 },
		{ "hex of two bytes", "UNICODE UTF-8", "\\XC3A9\\", "\xc3\xa9",
		    0 },
		{ "Latin-2", "8859/2", "\xb3\xf3\xbf", "\xc5\x82\xc3\xb3\xc5\xbc",
		    0 },
		{ "Cyrillic", "8859/5", "\xba\xe0\xde\xd2\xec",
		    "\xd0\x9a\xd1\x80\xd0\xbe\xd0\xb2\xd1\x8c", 0 },
		{ "Greek", "8859/7", "\xe1", "\xce\xb1", 0 },
		{ "Windows-1252 where ISO-8859-1 has controls", "8859/1",
		    "\x9c\x85", "\xc5\x93\xe2\x80\xa6", 0 },
		{ "ASCII declared, Latin-1 sent", "ASCII", "\xe9", "\xc3\xa9",
		    WARN_CHARSET },
		{ "8859/15 declared, UTF-8 sent", "8859/15", "\xc3\xa9",
		    "\xc3\x83\xc2\xa9", 0 },
		{ "UTF-8~UNICODE", "UTF-8~UNICODE", "\xc2\xb5g", "\xc2\xb5g",
		    0 },
		{ "an emoji", "UNICODE UTF-8", "\xf0\x9f\x98\x80",
		    "\xf0\x9f\x98\x80", 0 },
		{ "broken by hex", "UNICODE UTF-8", "\\XC3\\x", "\xef\xbf\xbdx",
		    0 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|"
		    "P|2.5||||||%s\n%sOBX|1|ST|A||%s||||||F\n", row[i].charset,
		    PID OBR, row[i].raw);
		ok(parse_text(text) == ST_OK && span_is(
		    observation(0, 0)->value.text, row[i].utf8) &&
		    parsed.warnings == row[i].warnings, "R20 text: %s",
		    row[i].claim);
	}
	source.charset = CHARSET_LATIN9;
	(void)!parse_text(MSH PID OBR "OBX|1|ST|A||\xa4||||||F\n");
	ok(span_is(observation(0, 0)->value.text, "\xe2\x82\xac"),
	    "R20 the source's own setting wins");
	source.charset = CHARSET_AUTO;
}

/* A byte order mark, then the configuration, then MSH-18, then the bytes. */
static void
test_charset_order(void)
{
	static const struct {
		const char *claim, *mark, *declared, *raw, *utf8;
		enum charset_choice pinned;
		unsigned warnings;
	} row[] = {
		{ "the mark beats the configuration", "\xef\xbb\xbf", "8859/1",
		    "\xc3\xa9", "\xc3\xa9", CHARSET_CP850, 0 },
		{ "the mark beats MSH-18", "\xef\xbb\xbf", "8859/1",
		    "\xc3\xa9", "\xc3\xa9", CHARSET_AUTO, 0 },
		{ "a mark that lies", "\xef\xbb\xbf", "",
		    "\xe9", "\xc3\xa9", CHARSET_AUTO, WARN_CHARSET },
		{ "a mark that lies to a configured source", "\xef\xbb\xbf", "",
		    "\x82", "\xc3\xa9", CHARSET_CP850, 0 },
		{ "the configuration beats MSH-18", "", "UNICODE UTF-8",
		    "\x82", "\xc3\xa9", CHARSET_CP850, 0 },
		{ "Mac Roman", "", "", "\x8e", "\xc3\xa9", CHARSET_MACROMAN, 0 },
		{ "Windows-1252", "", "", "\x80", "\xe2\x82\xac",
		    CHARSET_WINDOWS1252, 0 },
		{ "Latin-1", "", "", "\xe9", "\xc3\xa9", CHARSET_LATIN1, 0 },
		{ "UTF-8", "", "8859/1", "\xc3\xa9", "\xc3\xa9", CHARSET_UTF8,
		    0 },
		{ "UTF-8 that is none", "", "", "\xe9", "\xc3\xa9",
		    CHARSET_UTF8, WARN_CHARSET },
		{ "a set that is not known, but configured", "", "BIG-5",
		    "\xe9", "\xc3\xa9", CHARSET_LATIN1, 0 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[1024];

		source.charset = row[i].pinned;
		snprintf(text, sizeof(text), "%sMSH|^~\\&|A|B|C|D|2026||ORU^R01|1|"
		    "P|2.5||||||%s\n%sOBX|1|ST|A||%s||||||F\n", row[i].mark,
		    row[i].declared, PID OBR, row[i].raw);
		ok(parse_text(text) == ST_OK && span_is(
		    observation(0, 0)->value.text, row[i].utf8) &&
		    parsed.warnings == row[i].warnings, "R20 order: %s",
		    row[i].claim);
	}
	source.charset = CHARSET_AUTO;
}

static void
test_other_delimiters(void)
{
	ok(parse_text("MSH#$*!%#SIL#LABO#G#B#2026##ORU$R01#1#P#2.5\n"
	    "PID#1##PAT1$$$LABO$PI##MARTIN%DE$ZOE*X$Y$$$$$D\n"
	    "OBR#1##F^1#GLU$Gly!S!cemie\nOBX#1#ST#A##a|b^c~d\\e&f######F\n") ==
	    ST_OK && span_is(report(0)->patient.name.family, "MARTIN") &&
	    span_is(report(0)->patient.used_name.family, "X") &&
	    span_is(panel(0)->code.display, "Gly$cemie") &&
	    span_is(observation(0, 0)->value.text, "a|b^c~d\\e&f") &&
	    span_is(report(0)->report_id, "F^1"), "R17 the sender's own");
}

/* `from` written with other delimiters: every one of "|^~\\&" by its own. */
static void
written_with(const char *from, const char *delimiters, char *to)
{
	static const char usual[] = "|^~\\&";

	for (; *from != 0; from++) {
		const char *at = strchr(usual, *from);

		*to++ = at == NULL ? *from : delimiters[at - usual];
	}
	*to = 0;
}

static bool
is_the_same_report(void)
{
	return parsed.n_reports == 1 &&
	    span_is(report(0)->patient.name.family, "MARTIN") &&
	    span_is(report(0)->patient.used_name.family, "DURAND") &&
	    span_is(report(0)->patient_id, "4711") &&
	    span_is(panel(0)->specimen.type.display, "Sang") &&
	    observation(0, 0)->n_flags == 2 &&
	    span_is(observation(0, 0)->value.text, "x\ny z");
}

/* Every order of four delimiters after every separator out of five. */
static void
test_every_permutation(void)
{
	static const char text[] = "MSH|^~\\&|SIL|LABO|G|B|20261121073000||"
	    "ORU^R01|M1|P|2.5\n"
	    "PID|1||4711^^^LABO&1.2&ISO^PI||MARTIN&DE^ZOE^^^^^L~DURAND^ZOE^^^^^D\n"
	    "OBR|1|PL1|FI1|X^Y^L|||20261121||||||||SNG&Sang&L||||||||||F\n"
	    "OBX|1|FT|A^B^L||x~y\\H\\ z|||L~H|||F\n";
	unsigned good = 0, tried = 0;

	for (unsigned i = 0; i < 5 * 5 * 5 * 5 * 5; i++) {
		static const char marks[] = "|^~\\&";
		char d[6] = { marks[i % 5], marks[i / 5 % 5],
		    marks[i / 25 % 5], marks[i / 125 % 5], marks[i / 625], 0 };
		char other[1024];
		bool differ = true;

		for (int k = 1; k < 5; k++)
			differ = differ && memchr(d, d[k], (size_t)k) == NULL;
		if (!differ)
			continue;
		tried++;
		written_with(text, d, other);
		good += parse_text(other) == ST_OK && is_the_same_report();
	}
	ok(tried == 120 && good == tried, "R17 all %u permutations of |^~\\& "
	    "(%u read)", tried, good);
	(void)!parse_text("MSH|^~\\|SIL|L|G|B|2026||ORU^R01|M1|P|2.1\n"
	    "PID|1||4711||MARTIN&X^ZOE\nOBR|1||F|X||||||||||||||||||||||F\n"
	    "OBX|1|ST|A||a&b||||||F\n");
	ok(span_is(report(0)->patient.name.family, "MARTIN&X") &&
	    span_is(observation(0, 0)->value.text, "a&b"),
	    "R17 three delimiters: & is data");
	(void)!parse_text("MSH|^~\\&#|SIL|L|G|B|2026||ORU^R01|M1|P|2.7\n"
	    "PID|1||4711||MARTIN^ZOE\nOBR|1||F|X||||||||||||||||||||||F\n"
	    "OBX|1|ST|A||a#b\\P\\#||||||F\n");
	ok(span_is(observation(0, 0)->value.text, "a#b##"),
	    "R17 five: # is data, \\P\\ its escape");
}

static void
test_continuation_lines(void)
{
	ok(parse_text(MSH PID OBR "OBX|1|FT|A||one\ntwo|||||||\nNTE|1||a\nb\n"
	    "OBX|2|ST|B||x||||||F\n") == ST_OK &&
	    span_is(observation(0, 0)->value.text, "one\ntwo") &&
	    span_is(observation(0, 0)->notes[0].text, "a\nb") &&
	    panel(0)->n_observations == 2, "R18 lines that are no segment");
}

int
main(void)
{
	source_init();
	test_times();
	test_versions_in_the_night_of_the_change();
	test_escapes();
	test_charsets();
	test_charset_order();
	test_other_delimiters();
	test_every_permutation();
	test_continuation_lines();
	arena_clear(&arena);
	return done_testing();
}
