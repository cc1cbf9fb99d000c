#include "wire/utf16.h"

enum {
	MARK = 2, REPLACEMENT = 0xfffd,
	HIGH = 0xd800, LOW = 0xdc00, BEYOND = 0xe000
};

/* See utf16.h. */
bool
utf16_is(struct span s)
{
	return s.len >= MARK && ((s.ptr[0] == 0xff && s.ptr[1] == 0xfe) ||
	    (s.ptr[0] == 0xfe && s.ptr[1] == 0xff));
}

/* See utf16.h. */
size_t
utf16_most(size_t len)
{
	return (len / 2 + 1) * 3;	/* one unit is three bytes at the most */
}

static unsigned
unit_at(struct span s, size_t at, bool little)
{
	unsigned a = s.ptr[at], b = s.ptr[at + 1];

	return little ? b << 8 | a : a << 8 | b;
}

static enum status
put_code(unsigned code, struct buf *out)
{
	uint8_t utf8[4];
	size_t len = 0;

	if (code < 0x80) {
		utf8[len++] = (uint8_t)code;
		return buf_append(out, utf8, len);
	}
	if (code < 0x800) {
		utf8[len++] = (uint8_t)(0xc0 | code >> 6);
	} else {
		if (code < 0x10000) {
			utf8[len++] = (uint8_t)(0xe0 | code >> 12);
		} else {
			utf8[len++] = (uint8_t)(0xf0 | code >> 18);
			utf8[len++] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
		}
		utf8[len++] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
	}
	utf8[len++] = (uint8_t)(0x80 | (code & 0x3f));
	return buf_append(out, utf8, len);
}

/* The code point at `at`; moves it past one unit, or two. */
static unsigned
take_code(struct span s, size_t *at, bool little)
{
	unsigned first = unit_at(s, *at, little), second;

	*at += 2;
	if (first < HIGH || first >= BEYOND)
		return first;
	if (first >= LOW || s.len - *at < 2)
		return REPLACEMENT;
	second = unit_at(s, *at, little);
	if (second < LOW || second >= BEYOND)
		return REPLACEMENT;
	*at += 2;
	return 0x10000 + ((first - HIGH) << 10) + (second - LOW);
}

/* See utf16.h. */
enum status
utf16_to_utf8(struct span s, struct buf *out)
{
	bool little = s.len > 0 && s.ptr[0] == 0xff;
	size_t at = MARK;

	while (at + 2 <= s.len)
		TRY(put_code(take_code(s, &at, little), out));
	return at < s.len ? put_code(REPLACEMENT, out) : ST_OK;
}
