#include "wire/hl7.h"

#include <stdlib.h>

#include "tap.h"

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static const struct hl7_delimiters standard = {
	'|', '^', '~', '\\', '&', 0
};

static void
test_delimiters(void)
{
	static const struct {
		const char *claim, *segment;
		enum status st;
		const char *read;	/* field to subcomponent */
	} row[] = {
		{ "the usual four", "MSH|^~\\&|A", ST_OK, "|^~\\&" },
		{ "five, with truncation", "MSH|^~\\&#|A", ST_OK, "|^~\\&" },
		{ "three, an old sender's", "MSH|^~\\|A", ST_OK, "|^~\\" },
		{ "another order", "MSH|~^\\&|A", ST_OK, "|~^\\&" },
		{ "another separator", "MSH#^~\\&#A", ST_OK, "#^~\\&" },
		{ "a batch header", "BHS|^~\\&|A", ST_OK, "|^~\\&" },
		{ "MSH-2 ends the segment", "MSH|^~\\&", ST_OK, "|^~\\&" },
		{ "U+02DC for the tilde", "MSH|^\xcb\x9c\\&|A", ST_INVALID, "" },
		{ "a delimiter twice", "MSH|^^\\&|A", ST_INVALID, "" },
		{ "the field separator again", "MSH|^~|&|A", ST_INVALID, "" },
		{ "a letter", "MSH|^~\\A|A", ST_INVALID, "" },
		{ "two delimiters", "MSH|^~|A", ST_INVALID, "" },
		{ "six delimiters", "MSH|^~\\&#!|A", ST_INVALID, "" },
		{ "none", "MSH|", ST_INVALID, "" },
		{ "a letter for a separator", "MSHA^~\\&A", ST_MALFORMED, "" },
		{ "a space for a separator", "MSH ^~\\& A", ST_MALFORMED, "" },
		{ "nothing after MSH", "MSH", ST_MALFORMED, "" },
		{ "no MSH", "PID|1", ST_MALFORMED, "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_delimiters d = { 0 };
		enum status st = hl7_delimiters_read(span_of(row[i].segment), &d);
		uint8_t read[5] = { d.field, d.component, d.repetition,
		    d.escape, d.subcomponent };

		ok(st == row[i].st && (st != ST_OK ||
		    memcmp(read, row[i].read, strlen(row[i].read)) == 0),
		    "R17 delimiters: %s", row[i].claim);
	}
}

/* The segments of `message`, each as "[...]". */
static struct span
segments(struct span message)
{
	static uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct hl7_reader r;
	struct span s;

	hl7_reader_init(&r, message);
	while (hl7_next_segment(&r, &s) == ST_OK)
		(void)!(buf_append_text(&out, "[") || buf_append_span(&out, s) ||
		    buf_append_text(&out, "]"));
	return buf_span(&out);
}

static void
test_segments(void)
{
	static const struct {
		const char *claim, *message, *segments;
	} row[] = {
		{ "CR", "MSH|a\rPID|b\r", "[MSH|a][PID|b]" },
		{ "LF", "MSH|a\nPID|b\n", "[MSH|a][PID|b]" },
		{ "CRLF", "MSH|a\r\nPID|b\r\n", "[MSH|a][PID|b]" },
		{ "no last line end", "MSH|a\rPID|b", "[MSH|a][PID|b]" },
		{ "LF, and a CR that a client added",
		    "MSH|a\nPID|b\n\r", "[MSH|a][PID|b]" },
		{ "LF is data where CR ends segments",
		    "MSH|a\rNTE|1||x\ny\rPID|b", "[MSH|a][NTE|1||x\ny][PID|b]" },
		{ "blank lines", "MSH|a\r\r\n \r\nPID|b\r", "[MSH|a][PID|b]" },
		{ "an OBX goes on in the next line",
		    "MSH|a\rOBX|1|TX|x\ry\r\rz|2\rOBX|2",
		    "[MSH|a][OBX|1|TX|x\ry\r\rz|2][OBX|2]" },
		{ "so does an NTE, with LF",
		    "MSH|a\nNTE|1||x\ny\nPID|b", "[MSH|a][NTE|1||x\ny][PID|b]" },
		{ "blank lines after an OBX are not part of it",
		    "MSH|a\rOBX|1\r\r\rPID|b", "[MSH|a][OBX|1][PID|b]" },
		{ "other lines that are no segment are skipped",
		    "MSH|a\rnonsense\rpid|x\rPID|b", "[MSH|a][PID|b]" },
		{ "Z and unknown segments are segments",
		    "MSH|a\rZPC|1\rXX9|2", "[MSH|a][ZPC|1][XX9|2]" },
		{ "the separator decides", "MSH#a\rPID|b\rPID#c",
		    "[MSH#a][PID#c]" },
		{ "nothing", "", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(span_is(segments(span_of(row[i].message)), row[i].segments),
		    "R18 segments: %s", row[i].claim);
}

/* A message with any two segments' line ends exchanged is cut the same. */
static void
test_line_end_mixtures(void)
{
	static const char *const ends[] = { "\r", "\r\n", "\r\r", "\r\n\r\n" };
	bool good = true;

	for (size_t i = 0; i < 256; i++) {
		char text[128];

		snprintf(text, sizeof(text), "MSH|a%sPID|b%sOBX|c%sNTE|d%s",
		    ends[i % 4], ends[i / 4 % 4], ends[i / 16 % 4],
		    ends[i / 64]);
		good = good && span_is(segments(span_of(text)),
		    "[MSH|a][PID|b][OBX|c][NTE|d]");
	}
	ok(good, "R18 CR and CRLF in any mixture, with blank lines");
}

/* Cut short anywhere, the segments are those of the whole, but for the last:
 * nothing depends on what comes later. */
static void
test_every_prefix(void)
{
	static const char text[] = "MSH|a\rPID|b\r\nOBX|1|TX|x\ry\rNTE|z\n\r"
	    "ZZ1|q\rnoise\rOBX|2";
	struct span whole = span_of(text);
	bool good = true;

	for (size_t cut = 0; cut <= whole.len; cut++) {
		struct hl7_reader a, b;
		struct span of_all, of_part;
		bool same = true;

		hl7_reader_init(&a, whole);
		hl7_reader_init(&b, span_slice(whole, 0, cut));
		while (hl7_next_segment(&b, &of_part) == ST_OK) {
			good = good && same &&
			    hl7_next_segment(&a, &of_all) == ST_OK &&
			    of_part.ptr == of_all.ptr;
			same = of_part.len == of_all.len;
		}
	}
	ok(good, "R18 cut anywhere, the segments before stay the same");
}

static struct span
messages(struct span frame)
{
	static uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct span s;

	while (hl7_next_message(&frame, &s) == ST_OK)
		(void)!(buf_append_text(&out, "[") || buf_append_span(&out, s) ||
		    buf_append_text(&out, "]"));
	return buf_span(&out);
}

static void
test_messages(void)
{
	static const struct {
		const char *claim, *frame, *messages;
	} row[] = {
		{ "one", "MSH|a\rPID|\r", "[MSH|a\rPID|\r]" },
		{ "two", "MSH|a\rPID|\rMSH|b\r", "[MSH|a\rPID|\r][MSH|b\r]" },
		{ "a byte order mark", "\xef\xbb\xbfMSH|a\r", "[MSH|a\r]" },
		{ "blank lines before", "\r\n\nMSH|a\r", "[MSH|a\r]" },
		{ "a batch in a file",
		    "FHS|x\rBHS|x\rMSH|a\rPID|\rMSH|b\rBTS|2\rFTS|1\r",
		    "[MSH|a\rPID|\r][MSH|b\r]" },
		{ "a bare trailer", "BHS|x\rMSH|a\rBTS\rFTS", "[MSH|a\r]" },
		{ "another batch after it", "BHS|\rMSH|a\rBTS|\rBHS|\rMSH|b\r",
		    "[MSH|a\r][MSH|b\r]" },
		{ "LF as data starts no message",
		    "MSH|a\rNTE|||x\nMSH|b\r", "[MSH|a\rNTE|||x\nMSH|b\r]" },
		{ "text before it", "hello\rMSH|a\r", "[MSH|a\r]" },
		{ "MSH must stand at the start", "xMSH|a\r", "" },
		{ "nothing", "", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(span_is(messages(span_of(row[i].frame)), row[i].messages),
		    "R25 messages: %s", row[i].claim);
}

static void
test_fields(void)
{
	struct hl7_fields f;
	struct span rest, piece;

	hl7_split(span_of("OBX|1||a^b&c~d^e||\"\""), &standard, &f);
	ok(f.n == 6 && span_is(f.at[0], "OBX") && span_is(f.at[1], "1"),
	    "R21 fields are counted from 1");
	ok(hl7_field(&f, 2).len == 0 && hl7_field(&f, 99).len == 0,
	    "R21 empty and missing fields are alike");
	ok(hl7_is_null(hl7_field(&f, 5)) && !hl7_is_null(hl7_field(&f, 4)),
	    "R21 \"\" is told from empty");
	ok(span_is(hl7_first(f.at[3], &standard), "a^b&c"), "R21 repetition");
	piece = hl7_component(hl7_first(f.at[3], &standard), &standard, 2);
	ok(span_is(piece, "b&c"), "R21 component");
	ok(span_is(hl7_subcomponent(piece, &standard, 2), "c"), "R21 subcomponent");
	ok(hl7_component(f.at[3], &standard, 9).len == 0, "R21 no such component");
	hl7_split(span_of("MSH|^~\\&|A"), &standard, &f);
	ok(f.n == 4 && span_is(f.at[1], "|") && span_is(f.at[2], "^~\\&") &&
	    span_is(f.at[3], "A"), "R21 MSH-1 is the separator itself");
	rest = span_of("a~");
	ok(hl7_next_piece(&rest, '~', &piece) && span_is(piece, "a") &&
	    hl7_next_piece(&rest, '~', &piece) && piece.len == 0 &&
	    !hl7_next_piece(&rest, '~', &piece), "R21 pieces, the last one empty");
	rest = span_of("a~b");
	ok(hl7_next_piece(&rest, 0, &piece) && span_is(piece, "a~b"),
	    "R21 a delimiter that was not stated separates nothing");
}

/* 10^6 segments and 10^5 repetitions in linear time. */
static void
test_many(void)
{
	size_t len = 8 * 1000000, n = 0;
	uint8_t *text = malloc(len);
	struct hl7_reader r;
	struct span s, rest, message, frame = { text, len };

	for (size_t i = 0; i < len; i += 8)
		memcpy(text + i, i == 0 ? "MSH|^~\\\r" : "OBX|a~b\r", 8);
	hl7_reader_init(&r, frame);
	while (hl7_next_segment(&r, &s) == ST_OK)
		n++;
	ok(n == 1000000, "R27 a million segments");
	for (size_t i = 0; i < len; i += 8)
		memcpy(text + i, i == 0 ? "MSH|^~\\\r" : "noise!!\r", 8);
	hl7_reader_init(&r, frame);
	n = 0;
	while (hl7_next_segment(&r, &s) == ST_OK)
		n++;
	ok(n == 1, "R27 a million lines that are none");
	memcpy(text + 8, "OBX|1||\r", 8);
	hl7_reader_init(&r, frame);
	n = 0;
	while (hl7_next_segment(&r, &s) == ST_OK)
		n++;
	ok(n == 2 && s.len > len / 2, "R27 a million lines of one OBX");
	for (size_t i = 0; i < len; i += 8)
		memcpy(text + i, "MSH|^~\\\r", 8);
	for (n = 0; hl7_next_message(&frame, &message) == ST_OK; n++)
		;
	ok(n == 1000000, "R27 a million messages");
	memset(text, '~', 100000);
	rest = (struct span){ text, 100000 };
	for (n = 0; hl7_next_piece(&rest, '~', &s); n++)
		;
	ok(n == 100001, "R27 a hundred thousand repetitions");
	free(text);
}

static void
test_too_many_fields(void)
{
	char segment[200];
	struct hl7_fields f;

	memset(segment, '|', sizeof(segment));
	memcpy(segment, "OBX", 3);
	hl7_split((struct span){ (uint8_t *)segment, sizeof(segment) },
	    &standard, &f);
	ok(f.n == HL7_FIELDS_MAX, "R27 fields past the last are ignored");
}

static void
test_escapes(void)
{
	static const struct {
		const char *claim;
		struct span raw, text;
	} row[] = {
		{ "none", BYTES("abc"), BYTES("abc") },
		{ "delimiters", BYTES("\\F\\\\S\\\\T\\\\R\\\\E\\"), BYTES("|^&~\\") },
		{ "in the midst", BYTES("a\\T\\b"), BYTES("a&b") },
		{ "line break", BYTES("a\\.br\\b\\.sp\\c\\.sp3\\d"),
		    BYTES("a\nb\nc\nd") },
		{ "indents and fill", BYTES("\\.in+4\\a\\.ti-2\\\\.fi\\\\.nf\\b"),
		    BYTES("ab") },
		{ "centre", BYTES("a\\.ce\\b"), BYTES("a\nb") },
		{ "highlight", BYTES("\\H\\a\\N\\b"), BYTES("ab") },
		{ "hex", BYTES("\\X41\\\\X4243\\"), BYTES("ABC") },
		{ "hex of two bytes of UTF-8", BYTES("\\XC3A9\\"),
		    BYTES("\xc3\xa9") },
		{ "hex line ends", BYTES("a\\X0D0A\\b\\X0D\\c\\X0A\\d"),
		    BYTES("a\nb\nc\nd") },
		{ "hex may not inject", BYTES("a\\X00\\\\X1B\\\\X0B1C\\b"),
		    BYTES("ab") },
		{ "hex keeps a tab", BYTES("\\X09\\"), BYTES("\t") },
		{ "odd hex stays", BYTES("\\X4\\"), BYTES("\\X4\\") },
		{ "no hex stays", BYTES("\\XGG\\"), BYTES("\\XGG\\") },
		{ "local stays", BYTES("\\Z01\\"), BYTES("\\Z01\\") },
		{ "charset switch stays", BYTES("\\C2842\\x"),
		    BYTES("\\C2842\\x") },
		{ "unterminated", BYTES("a\\F"), BYTES("a\\F") },
		{ "a lone one", BYTES("\\"), BYTES("\\") },
		{ "a path", BYTES("C:\\temp\\x"), BYTES("C:\\temp\\x") },
		{ "unknown, then known", BYTES("\\q\\.br\\"), BYTES("\\q\n") },
		{ "two in a row", BYTES("\\\\"), BYTES("\\\\") },
		{ "truncation is not stated", BYTES("\\P\\"), BYTES("\\P\\") },
		{ ".br with a tail", BYTES("\\.brx\\"), BYTES("\\.brx\\") },
		{ "controls go, line ends become LF",
		    BYTES("a\0\x01" "b\r\nc\rd\x7f" "e"), BYTES("ab\nc\nde") },
		{ "nothing", BYTES(""), BYTES("") },
		{ "nested: one pass only", BYTES("\\E\\X0D\\E\\"),
		    BYTES("\\X0D\\") },
		{ "one within another", BYTES("\\H\\F\\N\\"), BYTES("F") },
		{ "what looks like one between two",
		    BYTES("\\T\\F\\T\\"), BYTES("&F&") },
		{ "a delimiter of its own result", BYTES("\\X5C\\F\\X5C\\"),
		    BYTES("\\F\\") },
		{ "hex of three bytes of UTF-8", BYTES("\\XE282AC\\"),
		    BYTES("\xe2\x82\xac") },
		{ "hex cut in two sequences", BYTES("\\XE2\\\\X82AC\\"),
		    BYTES("\xe2\x82\xac") },
		{ "hex in small letters", BYTES("\\Xc3a9\\"),
		    BYTES("\xc3\xa9") },
		{ "hex DEL", BYTES("a\\X7F\\b"), BYTES("ab") },
		{ "a bell and an escape", BYTES("\\X07\\\\X1B5B\\"),
		    BYTES("[") },
		{ "skip and fill", BYTES("\\.sk3\\a\\.fi\\"), BYTES("a") },
		{ "ISO 2022 of several bytes stays", BYTES("\\M242842\\"),
		    BYTES("\\M242842\\") },
		{ "an empty hex", BYTES("\\X\\"), BYTES("\\X\\") },
		{ "letters in small", BYTES("\\f\\"), BYTES("\\f\\") },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[64];
		struct buf out = buf_over(text, row[i].raw.len);
		enum status st = hl7_unescape(row[i].raw, &standard, &out);

		ok(st == ST_OK && span_equal(buf_span(&out), row[i].text),
		    "R19 escape: %s", row[i].claim);
	}
}

/* Any bytes: never longer, never a control character, never a NUL. */
static void
test_escapes_of_anything(void)
{
	static const char alphabet[] = "\\\\XFEHN.br012abc\r\n\x01\xc3";
	uint32_t random = 1;
	bool good = true;

	for (unsigned i = 0; i < 200000; i++) {
		uint8_t raw[12], text[12];
		struct buf out = buf_over(text, sizeof(text));
		size_t len = 0;

		for (; len < sizeof(raw); len++) {
			random = random * 1664525 + 1013904223;
			raw[len] = (uint8_t)alphabet[random >> 16 &
			    (sizeof(alphabet) - 1) % 32];
		}
		good = good && hl7_unescape((struct span){ raw, len },
		    &standard, &out) == ST_OK && out.len <= len;
		for (size_t k = 0; k < out.len; k++)
			good = good && (text[k] >= ' ' || text[k] == '\n');
	}
	ok(good, "R19 200000 random texts: no longer, nothing injected");
}

static void
test_escapes_without_space(void)
{
	uint8_t text[2];
	struct buf out = buf_over(text, sizeof(text));

	ok(hl7_unescape(span_of("abc"), &standard, &out) == ST_NO_SPACE,
	    "R19 escape: a full buffer is told");
	out = buf_over(text, 0);
	ok(hl7_unescape(span_of("\\F\\"), &standard, &out) == ST_NO_SPACE,
	    "R19 escape: also in a sequence");
}

static void
test_another_escape_character(void)
{
	struct hl7_delimiters d = { '|', '^', '~', '!', '&', '#' };
	uint8_t text[16];
	struct buf out = buf_over(text, sizeof(text));

	ok(hl7_unescape(span_of("\\!E!!P!"), &d, &out) == ST_OK &&
	    span_is(buf_span(&out), "\\!#"), "R19 escape: the sender's own");
	d.escape = 0;
	out = buf_over(text, sizeof(text));
	ok(hl7_unescape(span_of("\\F\\"), &d, &out) == ST_OK &&
	    span_is(buf_span(&out), "\\F\\"), "R19 escape: none stated");
}

int
main(void)
{
	test_delimiters();
	test_segments();
	test_line_end_mixtures();
	test_every_prefix();
	test_messages();
	test_fields();
	test_many();
	test_too_many_fields();
	test_escapes();
	test_escapes_of_anything();
	test_escapes_without_space();
	test_another_escape_character();
	return done_testing();
}
