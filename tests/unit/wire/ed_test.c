#include "wire/ed.h"

#include <stdlib.h>

#include "tap.h"

static void
test_base64(void)
{
	static const struct {
		const char *claim, *data, *bytes;	/* NULL: malformed */
	} row[] = {
		{ "clean", "JVBERi0xLjQK", "%PDF-1.4\n" },
		{ "one pad", "YWI=", "ab" }, { "two pads", "YQ==", "a" },
		{ "missing padding", "YWI", "ab" },
		{ "missing padding of two", "YQ", "a" },
		{ "line ends", "YW\r\nJj\nZ\rGVm", "abcdef" },
		{ "blanks and tabs", "YW Jj\tZGVm ", "abcdef" },
		{ "\\.br\\", "YWJj\\.br\\ZGVm", "abcdef" },
		{ "\\.br\\ inside a group", "YW\\.br\\JjZGVm", "abcdef" },
		{ "\\X0D\\ and its kin", "YWJj\\X0D\\\\X0A\\\\X0D0A\\\\X0d0a\\ZGVm",
		    "abcdef" },
		{ "breaks after the padding", "YQ==\r\n", "a" },
		{ "loose last bits", "YR==", "a" },
		{ "nothing", "", "" },
		{ "one symbol over", "YWJjZ", NULL },
		{ "one symbol alone", "Y", NULL },
		{ "a foreign symbol", "YW*j", NULL },
		{ "data after padding", "YQ==YWJj", NULL },
		{ "an unknown escape", "YWJj\\T\\ZGVm", NULL },
		{ "an unterminated escape", "YWJj\\.br", NULL },
		{ "base64url", "YW-_", NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t bytes[64];
		struct span data = span_of(row[i].data);
		struct buf out = buf_over(bytes, ed_most(data.len));
		enum status st = ed_base64(data, '\\', &out);

		if (row[i].bytes == NULL)
			ok(st == ST_MALFORMED, "R23 no base64: %s", row[i].claim);
		else
			ok(st == ST_OK && span_is(buf_span(&out), row[i].bytes),
			    "R23 base64: %s", row[i].claim);
	}
}

/* Bytes of every value, in base64 by another hand, broken every `width`. */
static bool
round_trip(size_t len, size_t width)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *bytes = malloc(len + 2), *text = malloc(len * 4 + 8);
	uint8_t *back = malloc(ed_most(len * 4 + 8));
	struct buf in = buf_over(text, len * 4 + 8);
	struct buf out = buf_over(back, ed_most(len * 4 + 8));
	size_t bits = 0;
	bool good;

	for (size_t i = 0; i < len + 2; i++)
		bytes[i] = i < len ? (uint8_t)(i * 151 + i / 256) : 0;
	for (size_t i = 0; bits < len * 8; i++, bits += 6) {
		unsigned pair = (unsigned)(bytes[bits / 8] << 8 |
		    bytes[bits / 8 + 1]);

		(void)!buf_append(&in,
		    &symbols[pair >> (10 - bits % 8) & 63], 1);
		if (width > 0 && i % width == width - 1)
			(void)!buf_append_text(&in, "\r\n");
	}
	good = ed_base64(buf_span(&in), '\\', &out) == ST_OK &&
	    span_equal(buf_span(&out), (struct span){ bytes, len });
	free(bytes);
	free(text);
	free(back);
	return good;
}

static void
test_round_trips(void)
{
	bool good = true;

	for (size_t len = 0; len < 70; len++)
		for (size_t width = 0; width < 10; width++)
			good = good && round_trip(len, width);
	ok(good, "R23 every length, broken anywhere, comes back");
	ok(round_trip(200000, 76), "R23 200 kB in lines of 76");
	ok(round_trip(200000, 0), "R23 200 kB in one line");
}

static void
test_hex(void)
{
	static const struct {
		const char *data, *bytes;
	} row[] = {
		{ "255044462d", "%PDF-" }, { "25 50\r\n44462D", "%PDF-" },
		{ "25\\.br\\50", "%P" }, { "", "" }, { "255", NULL },
		{ "2G", NULL }, { "25\\T\\50", NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t bytes[32];
		struct span data = span_of(row[i].data);
		struct buf out = buf_over(bytes, ed_most(data.len));
		enum status st = ed_hex(data, '\\', &out);

		ok(row[i].bytes == NULL ? st == ST_MALFORMED : st == ST_OK &&
		    span_is(buf_span(&out), row[i].bytes), "R23 hex \"%s\"",
		    row[i].data);
	}
}

static void
test_plain(void)
{
	static const struct hl7_delimiters d = { '|', '^', '~', '\\', '&', 0 };
	static const struct {
		const char *data, *bytes;
		size_t len;
	} row[] = {
		{ "%PDF-1.4", "%PDF-1.4", 8 },
		{ "a\\F\\b\\S\\\\T\\\\R\\\\E\\", "a|b^&~\\", 7 },
		{ "\\X0D0A00ff\\", "\r\n\0\xff", 4 },
		{ "C:\\temp\\x", "C:\\temp\\x", 9 },
		{ "\\X0\\x", "\\X0\\x", 5 }, { "\\XGG\\", "\\XGG\\", 5 },
		{ "\\X0D \\", "\\X0D \\", 6 },
		{ "a\\F", "a\\F", 3 }, { "\\", "\\", 1 }, { "", "", 0 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t bytes[32];
		struct span data = span_of(row[i].data);
		struct buf out = buf_over(bytes, data.len);

		ok(ed_plain(data, &d, &out) == ST_OK && span_equal(
		    buf_span(&out), (struct span){
		    (const uint8_t *)row[i].bytes, row[i].len }),
		    "R23 not encoded: \"%s\"", row[i].data);
	}
}

static void
test_full_buffer(void)
{
	uint8_t bytes[4];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(ed_base64(span_of("YWJjZGVm"), '\\', &out) == ST_NO_SPACE,
	    "R23 base64: a full buffer is told");
	out = buf_over(bytes, 1);
	ok(ed_hex(span_of("2550"), '\\', &out) == ST_NO_SPACE,
	    "R23 hex: a full buffer is told");
}

static void
test_looks(void)
{
	static const struct {
		const char *data;
		bool pdf;
	} row[] = {
		{ "JVBERi0xLjQK", true }, { "JVBERi0", true },
		{ "\r\nJVBE\r\nRi0x", true }, { "JVBE\\.br\\Ri0x", true },
		{ "JVBERi", false }, { "Normal", false }, { "", false },
		{ "JVBE\\T\\Ri0x", false }, { "\\", false }, { " ", false },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(ed_looks_like_pdf(span_of(row[i].data), '\\') == row[i].pdf,
		    "R23 looks like a PDF: \"%s\"", row[i].data);
}

int
main(void)
{
	test_base64();
	test_round_trips();
	test_hex();
	test_plain();
	test_full_buffer();
	test_looks();
	return done_testing();
}
