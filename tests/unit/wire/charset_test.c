#include "wire/charset.h"

#include <iconv.h>

#include "tap.h"

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static void
test_utf8(void)
{
	static const struct {
		const char *claim;
		struct span bytes;
		bool valid;
	} row[] = {
		{ "empty", BYTES(""), true },
		{ "ASCII", BYTES("abcdefghijklmnop"), true },
		{ "two bytes", BYTES("\xc3\xa9"), true },
		{ "three bytes", BYTES("\xe2\x82\xac"), true },
		{ "four bytes", BYTES("\xf0\x9f\x98\x80"), true },
		{ "after eight of ASCII", BYTES("12345678\xc3\xa9x"), true },
		{ "the last code", BYTES("\xf4\x8f\xbf\xbf"), true },
		{ "one past it", BYTES("\xf4\x90\x80\x80"), false },
		{ "overlong", BYTES("\xc0\x80"), false },
		{ "overlong of three", BYTES("\xe0\x9f\xbf"), false },
		{ "overlong of four", BYTES("\xf0\x8f\xbf\xbf"), false },
		{ "a surrogate", BYTES("\xed\xa0\x80"), false },
		{ "cut short", BYTES("\xe2\x82"), false },
		{ "a tail alone", BYTES("\x80"), false },
		{ "a bad third", BYTES("\xe2\x82x"), false },
		{ "a bad fourth", BYTES("\xf0\x9f\x98x"), false },
		{ "0xff", BYTES("a\xff"), false },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(charset_is_utf8(row[i].bytes) == row[i].valid,
		    "R20 UTF-8: %s", row[i].claim);
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		enum status st;
		enum charset set;
	} row[] = {
		{ "UNICODE UTF-8", ST_OK, CHARSET_IS_UTF8 },
		{ "unicode utf-8 ", ST_OK, CHARSET_IS_UTF8 },
		{ "8859/1", ST_OK, CHARSET_IS_WINDOWS1252 },
		{ "8859/15", ST_OK, CHARSET_IS_LATIN9 },
		{ "", ST_NOT_FOUND, CHARSET_IS_UTF8 },
		{ "ASCII", ST_NOT_FOUND, CHARSET_IS_UTF8 },
		{ "UNICODE", ST_OK, CHARSET_IS_UTF8 },
		{ "UTF-8", ST_OK, CHARSET_IS_UTF8 },
		{ "8859/2", ST_OK, CHARSET_IS_8859_2 },
		{ "8859/3", ST_OK, CHARSET_IS_8859_3 },
		{ "8859/4", ST_OK, CHARSET_IS_8859_4 },
		{ "8859/5", ST_OK, CHARSET_IS_8859_5 },
		{ "8859/6", ST_OK, CHARSET_IS_8859_6 },
		{ "8859/7", ST_OK, CHARSET_IS_8859_7 },
		{ "8859/8", ST_OK, CHARSET_IS_8859_8 },
		{ "8859/9", ST_OK, CHARSET_IS_8859_9 },
		{ "iso-8859-2", ST_OK, CHARSET_IS_8859_2 },
		{ "ISO8859-15", ST_OK, CHARSET_IS_LATIN9 },
		{ "windows-1252", ST_OK, CHARSET_IS_WINDOWS1252 },
		{ "8859/10", ST_UNSUPPORTED, CHARSET_IS_UTF8 },
		{ "8859/", ST_UNSUPPORTED, CHARSET_IS_UTF8 },
		{ "8859/155", ST_UNSUPPORTED, CHARSET_IS_UTF8 },
		{ "ISO IR87", ST_UNSUPPORTED, CHARSET_IS_UTF8 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		enum charset set = CHARSET_IS_UTF8;

		ok(charset_by_name(span_of(row[i].name), &set) == row[i].st &&
		    set == row[i].set, "R20 MSH-18 \"%s\"", row[i].name);
	}
}

static void
test_detection(void)
{
	static const struct {
		const char *claim;
		struct span message;
		const char *declared;
		enum status st;
		enum charset set;
	} row[] = {
		{ "nothing said, UTF-8", BYTES("\xc3\xa9"), "",
		    ST_OK, CHARSET_IS_UTF8 },
		{ "nothing said, Latin", BYTES("\xe9"), "",
		    ST_OK, CHARSET_IS_WINDOWS1252 },
		{ "nothing said, ASCII", BYTES("e"), "", ST_OK, CHARSET_IS_UTF8 },
		{ "said Latin, is UTF-8", BYTES("\xc3\xa9"), "8859/1",
		    ST_OK, CHARSET_IS_WINDOWS1252 },
		{ "said UTF-8, is Latin", BYTES("\xe9"), "UNICODE UTF-8",
		    ST_CORRUPT, CHARSET_IS_WINDOWS1252 },
		{ "said ASCII, is UTF-8", BYTES("\xc3\xa9"), "ASCII",
		    ST_CORRUPT, CHARSET_IS_UTF8 },
		{ "a mark beats what is said", BYTES("\xef\xbb\xbf\xc3\xa9"),
		    "8859/1", ST_OK, CHARSET_IS_UTF8 },
		{ "a mark that lies", BYTES("\xef\xbb\xbf\xe9"), "",
		    ST_CORRUPT, CHARSET_IS_WINDOWS1252 },
		{ "unknown, but ASCII", BYTES("e"), "BIG-5",
		    ST_OK, CHARSET_IS_UTF8 },
		{ "unknown, and used", BYTES("\xe9"), "BIG-5",
		    ST_UNSUPPORTED, CHARSET_IS_UTF8 },
		{ "unknown, seven bits wide", BYTES("\x1b$B"), "ISO IR87",
		    ST_UNSUPPORTED, CHARSET_IS_UTF8 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		enum charset set = CHARSET_IS_UTF8;

		ok(charset_detect(row[i].message, span_of(row[i].declared),
		    &set) == row[i].st && set == row[i].set,
		    "R20 charset: %s", row[i].claim);
	}
}

static void
test_conversion(void)
{
	static const struct {
		const char *claim;
		enum charset set;
		struct span in, utf8;
	} row[] = {
		{ "Windows-1252", CHARSET_IS_WINDOWS1252,
		    BYTES("H\xe9matologie \x80 \x9c \xb5g"),
		    BYTES("H\xc3\xa9matologie \xe2\x82\xac \xc5\x93 \xc2\xb5g") },
		{ "what Windows-1252 leaves open", CHARSET_IS_WINDOWS1252,
		    BYTES("\x81"), BYTES("\xef\xbf\xbd") },
		{ "ISO-8859-15", CHARSET_IS_LATIN9, BYTES("\xa4\xbd\xe9\xa9"),
		    BYTES("\xe2\x82\xac\xc5\x93\xc3\xa9\xc2\xa9") },
		{ "UTF-8", CHARSET_IS_UTF8, BYTES("12345678\xc3\xa9"),
		    BYTES("12345678\xc3\xa9") },
		{ "broken UTF-8", CHARSET_IS_UTF8, BYTES("a\xe9" "b\xe2\x82"),
		    BYTES("a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd") },
		{ "nothing", CHARSET_IS_UTF8, BYTES(""), BYTES("") },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[96];
		struct buf out = buf_over(text,
		    charset_most(row[i].in.len));
		enum status st = charset_to_utf8(row[i].in, row[i].set, &out);

		ok(st == ST_OK && span_equal(buf_span(&out), row[i].utf8),
		    "R20 to UTF-8: %s", row[i].claim);
	}
}

/* Whatever the byte and the set, what comes out is UTF-8. */
static void
test_every_byte(void)
{
	bool good = true;

	for (unsigned i = 0; i < CHARSET_COUNT * 256; i++) {
		uint8_t byte = (uint8_t)i, text[3];
		struct buf out = buf_over(text, sizeof(text));
		struct span in = { &byte, 1 };

		good = good && charset_to_utf8(in, (enum charset)(i / 256),
		    &out) == ST_OK && charset_is_utf8(buf_span(&out));
	}
	ok(good, "R20 every byte of every set gives UTF-8");
}

/* --- the tables, against the C library's and against plain text ---------- */

/* What iconv() makes of a byte; U+FFFD where it makes nothing. */
static unsigned
code_by_iconv(iconv_t cd, uint8_t byte)
{
	char in[1] = { (char)byte }, out[4] = { 0 };
	char *from = in, *to = out;
	size_t in_left = 1, out_left = sizeof(out);
	unsigned code = 0;

	if (iconv(cd, &from, &in_left, &to, &out_left) == (size_t)-1)
		return 0xfffd;
	for (size_t i = 0; i < sizeof(out); i++)
		code = code << 8 | (uint8_t)out[i];
	/* musl tells what it does not know by a star. */
	return code == '*' ? 0xfffd : code;
}

static void
test_tables(void)
{
	static const struct {
		const char *name;
		enum charset set;
		unsigned from;
	} row[] = {
		{ "ISO-8859-2", CHARSET_IS_8859_2, 0xa0 },
		{ "ISO-8859-3", CHARSET_IS_8859_3, 0xa0 },
		{ "ISO-8859-4", CHARSET_IS_8859_4, 0xa0 },
		{ "ISO-8859-5", CHARSET_IS_8859_5, 0xa0 },
		{ "ISO-8859-6", CHARSET_IS_8859_6, 0xa0 },
		{ "ISO-8859-7", CHARSET_IS_8859_7, 0xa0 },
		{ "ISO-8859-8", CHARSET_IS_8859_8, 0xa0 },
		{ "ISO-8859-9", CHARSET_IS_8859_9, 0xa0 },
		{ "ISO-8859-15", CHARSET_IS_LATIN9, 0xa0 },
		{ "CP1252", CHARSET_IS_WINDOWS1252, 0x80 },
		{ "CP850", CHARSET_IS_CP850, 0x80 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		iconv_t cd = iconv_open("UCS-4BE", row[i].name);
		unsigned wrong = 0;

		if (cd == (iconv_t)-1) {
			skip(row[i].name, "iconv() does not know it");
			continue;
		}
		for (unsigned c = row[i].from; c < 256; c++)
			if (code_by_iconv(cd, (uint8_t)c) !=
			    charset_upper[row[i].set][c - 0x80]) {
				wrong++;
				printf("# %02x: %04x, not %04x\n", c,
				    charset_upper[row[i].set][c - 0x80],
				    code_by_iconv(cd, (uint8_t)c));
			}
		ok(wrong == 0, "R20 %s as the C library has it", row[i].name);
		iconv_close(cd);
	}
}

/* The upper half of a set, written out by hand. */
static void
test_macroman(void)
{
	static const char upper[] =
	    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü"
	    "†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø"
	    "¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ"
	    "‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
	uint8_t bytes[128], text[512];
	struct buf out = buf_over(text, sizeof(text));

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0x80 + i);
	ok(charset_to_utf8((struct span){ bytes, sizeof(bytes) },
	    CHARSET_IS_MACROMAN, &out) == ST_OK &&
	    span_is(buf_span(&out), upper), "R20 Mac OS Roman, all of it");
}

static void
test_full_buffer(void)
{
	uint8_t text[1];
	struct buf out = buf_over(text, sizeof(text));

	ok(charset_to_utf8(span_of("\xe9"), CHARSET_IS_WINDOWS1252, &out) ==
	    ST_NO_SPACE, "R20 a full buffer is told");
	ok(charset_to_utf8(span_of("ab"), CHARSET_IS_UTF8, &out) ==
	    ST_NO_SPACE, "R20 also for ASCII");
}

int
main(void)
{
	test_utf8();
	test_names();
	test_detection();
	test_conversion();
	test_every_byte();
	test_tables();
	test_macroman();
	test_full_buffer();
	return done_testing();
}
