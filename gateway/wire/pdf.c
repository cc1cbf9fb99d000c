#include "wire/pdf.h"

enum { NAME_MAX_LEN = 12 };

/* See pdf.h. */
bool
pdf_is(struct span bytes)
{
	return bytes.len >= 5 && memcmp(bytes.ptr, "%PDF-", 5) == 0;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
ends_name(uint8_t c)
{
	return c <= ' ' || memchr("()<>[]{}/%", c, 10) != NULL;
}

/* The next character of a name, with #xx resolved; -1 at its end. */
static int
take_character(struct span *s)
{
	int high, low, c;

	if (s->len == 0 || ends_name(s->ptr[0]))
		return -1;
	c = s->ptr[0];
	*s = span_slice(*s, 1, s->len);
	if (c != '#' || s->len < 2)
		return c;
	high = hex_digit(s->ptr[0]);
	low = hex_digit(s->ptr[1]);
	if (high < 0 || low < 0)
		return c;
	*s = span_slice(*s, 2, s->len);
	return high * 16 + low;
}

/* `s` stands behind the "/" of a name. */
static bool
is_suspicious_name(struct span s)
{
	static const char *const names[] = {
		"Encrypt", "JavaScript", "JS", "Launch",
	};
	uint8_t name[NAME_MAX_LEN];
	size_t len = 0;
	int c;

	while ((c = take_character(&s)) >= 0) {
		if (len == sizeof(name))
			return false;
		name[len++] = (uint8_t)c;
	}
	for (size_t i = 0; i < COUNT(names); i++)
		if (span_is((struct span){ name, len }, names[i]))
			return true;
	return false;
}

/* See pdf.h. */
bool
pdf_is_suspicious(struct span bytes)
{
	while (bytes.len > 0) {
		const uint8_t *slash = memchr(bytes.ptr, '/', bytes.len);

		if (slash == NULL)
			return false;
		bytes = span_slice(bytes, (size_t)(slash - bytes.ptr) + 1,
		    bytes.len);
		if (is_suspicious_name(bytes))
			return true;
	}
	return false;
}
