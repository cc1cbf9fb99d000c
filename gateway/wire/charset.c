#include "wire/charset.h"

#include "wire/scan.h"

enum { REPLACEMENT = 0xfffd };

/* --- UTF-8 --------------------------------------------------------------- */

/* Bytes of the sequence at the start of `s` (not ASCII); 0 if it is none. */
static size_t
sequence_len(struct span s)
{
	/* The second byte's range is what keeps overlong forms, surrogates
	 * and what is past U+10FFFF out (RFC 3629 section 4). */
	static const struct {
		uint8_t first, last, low, high, len;
	} form[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t i = 0;

	while (i < COUNT(form) && (s.ptr[0] < form[i].first ||
	    s.ptr[0] > form[i].last))
		i++;
	if (i == COUNT(form) || s.len < form[i].len ||
	    s.ptr[1] < form[i].low || s.ptr[1] > form[i].high)
		return 0;
	for (size_t k = 2; k < form[i].len; k++)
		if ((s.ptr[k] & 0xc0) != 0x80)
			return 0;
	return form[i].len;
}

/* Bytes at the start of `s` that are UTF-8. */
static size_t
valid_len(struct span s)
{
	size_t at = 0, step;

	for (;;) {
		struct span rest = span_slice(s, at, s.len);

		step = scan_non_ascii(rest);
		at += step;
		if (at == s.len)
			return at;
		step = sequence_len(span_slice(s, at, s.len));
		if (step == 0)
			return at;
		at += step;
	}
}

/* See charset.h. */
bool
charset_is_utf8(struct span s)
{
	return valid_len(s) == s.len;
}

/* See charset.h. */
bool
charset_is_ascii(struct span s)
{
	return scan_non_ascii(s) == s.len;
}

/* --- which set ----------------------------------------------------------- */

/* HL70211, and what is seen in its place. */
static const struct {
	const char *name;
	enum status st;
	enum charset set;
} names[] = {
	{ "",              ST_NOT_FOUND, CHARSET_IS_UTF8 },
	{ "ASCII",         ST_NOT_FOUND, CHARSET_IS_UTF8 },
	{ "US-ASCII",      ST_NOT_FOUND, CHARSET_IS_UTF8 },
	{ "ISO IR6",       ST_NOT_FOUND, CHARSET_IS_UTF8 },
	{ "UNICODE UTF-8", ST_OK, CHARSET_IS_UTF8 },
	{ "UNICODE",       ST_OK, CHARSET_IS_UTF8 },
	{ "UTF-8",         ST_OK, CHARSET_IS_UTF8 },
	{ "UTF8",          ST_OK, CHARSET_IS_UTF8 },
	{ "WINDOWS-1252",  ST_OK, CHARSET_IS_WINDOWS1252 },
	{ "CP1252",        ST_OK, CHARSET_IS_WINDOWS1252 },
	{ "CP850",         ST_OK, CHARSET_IS_CP850 },
	{ "IBM850",        ST_OK, CHARSET_IS_CP850 },
	{ "MACINTOSH",     ST_OK, CHARSET_IS_MACROMAN },
};

/* The parts of ISO 8859, under each of the prefixes. */
static const struct {
	const char *part;
	enum charset set;
} parts[] = {
	{ "1", CHARSET_IS_WINDOWS1252 }, { "2", CHARSET_IS_8859_2 },
	{ "3", CHARSET_IS_8859_3 }, { "4", CHARSET_IS_8859_4 },
	{ "5", CHARSET_IS_8859_5 }, { "6", CHARSET_IS_8859_6 },
	{ "7", CHARSET_IS_8859_7 }, { "8", CHARSET_IS_8859_8 },
	{ "9", CHARSET_IS_8859_9 }, { "15", CHARSET_IS_LATIN9 },
};

static const char *const prefixes[] = {
	"8859/", "8859-", "ISO8859-", "ISO8859/", "ISO-8859-", "ISO 8859/",
	"ISO 8859-", "ISO_8859-",
};

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static bool
same_name(struct span s, const char *name)
{
	if (s.len != strlen(name))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (upper(s.ptr[i]) != (uint8_t)name[i])
			return false;
	return true;
}

static enum status
part_by_name(struct span name, enum charset *set)
{
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (!same_name(span_slice(name, 0, len), prefixes[i]))
			continue;
		for (size_t k = 0; k < COUNT(parts); k++) {
			if (!span_is(span_slice(name, len, name.len),
			    parts[k].part))
				continue;
			*set = parts[k].set;
			return ST_OK;
		}
	}
	return ST_UNSUPPORTED;
}

/* See charset.h. */
enum status
charset_by_name(struct span name, enum charset *set)
{
	while (name.len > 0 && name.ptr[name.len - 1] == ' ')
		name.len--;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!same_name(name, names[i].name))
			continue;
		if (names[i].st == ST_OK)
			*set = names[i].set;
		return names[i].st;
	}
	return part_by_name(name, set);
}

/* ISO 2022 (JIS, KS) is seven bits wide and no ASCII: it has an ESC. */
static bool
is_plain_ascii(struct span s)
{
	return scan_non_ascii(s) == s.len &&
	    (s.len == 0 || memchr(s.ptr, 0x1b, s.len) == NULL);
}

/* See charset.h. */
bool
charset_has_mark(struct span s)
{
	return s.len >= 3 && s.ptr[0] == 0xef && s.ptr[1] == 0xbb &&
	    s.ptr[2] == 0xbf;
}

/* See charset.h. */
enum status
charset_detect(struct span message, struct span declared, enum charset *set)
{
	enum charset named = CHARSET_IS_UTF8;
	enum status st = charset_has_mark(message) ? ST_OK
	    : charset_by_name(declared, &named);

	if (st == ST_UNSUPPORTED && !is_plain_ascii(message))
		return ST_UNSUPPORTED;
	if (st == ST_OK && named != CHARSET_IS_UTF8) {
		*set = named;
		return ST_OK;
	}
	*set = charset_is_utf8(message) ? CHARSET_IS_UTF8
	    : CHARSET_IS_WINDOWS1252;
	if (st == ST_OK && *set != CHARSET_IS_UTF8)
		return ST_CORRUPT;
	/* ASCII was declared and bytes above it came. */
	if (st == ST_NOT_FOUND && declared.len > 0 &&
	    scan_non_ascii(message) < message.len)
		return ST_CORRUPT;
	return ST_OK;
}

/* --- conversion ---------------------------------------------------------- */

/* See charset.h. */
size_t
charset_most(size_t len)
{
	return len * 3;	/* the euro sign and U+FFFD: one byte to three */
}

/* Only of the basic plane: no table here knows anything beyond. */
static enum status
put_code(unsigned code, struct buf *out)
{
	uint8_t utf8[3];
	size_t len = 0;

	if (code < 0x80) {
		utf8[len++] = (uint8_t)code;
	} else if (code < 0x800) {
		utf8[len++] = (uint8_t)(0xc0 | code >> 6);
		utf8[len++] = (uint8_t)(0x80 | (code & 0x3f));
	} else {
		utf8[len++] = (uint8_t)(0xe0 | code >> 12);
		utf8[len++] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
		utf8[len++] = (uint8_t)(0x80 | (code & 0x3f));
	}
	return buf_append(out, utf8, len);
}

/* Appends the first thing of `in` that is not ASCII; returns its length. */
static enum status
put_one(struct span in, enum charset set, struct buf *out, size_t *used)
{
	*used = 1;
	if (set != CHARSET_IS_UTF8)
		return put_code(charset_upper[set][in.ptr[0] - 0x80], out);
	*used = sequence_len(in);
	if (*used > 0)
		return buf_append(out, in.ptr, *used);
	*used = 1;
	return put_code(REPLACEMENT, out);
}

/* See charset.h. */
enum status
charset_to_utf8(struct span in, enum charset set, struct buf *out)
{
	while (in.len > 0) {
		size_t plain = scan_non_ascii(in), used;

		TRY(buf_append(out, in.ptr, plain));
		in = span_slice(in, plain, in.len);
		if (in.len == 0)
			break;
		TRY(put_one(in, set, out, &used));
		in = span_slice(in, used, in.len);
	}
	return ST_OK;
}
