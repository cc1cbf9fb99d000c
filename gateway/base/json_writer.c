#include "base/json_writer.h"

#include "base/base64.h"

static void
keep(struct json_writer *w, enum status st)
{
	if (w->failed == ST_OK)
		w->failed = st;
}

static void
put(struct json_writer *w, const void *bytes, size_t len)
{
	if (w->failed == ST_OK)
		keep(w, buf_append(w->out, bytes, len));
}

static void
put_text(struct json_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

/* Half of what is put is one symbol: no call of memcpy for that. */
static void
put_byte(struct json_writer *w, char byte)
{
	if (w->failed != ST_OK)
		return;
	if (w->out->len == w->out->max)
		keep(w, ST_NO_SPACE);
	else
		w->out->ptr[w->out->len++] = (uint8_t)byte;
}

static bool
is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/*
 * Bytes of the UTF-8 character at the start of `s` (Unicode 15 table 3-7),
 * 0 where there is none: overlong, a surrogate, above U+10FFFF, cut short.
 */
static size_t
utf8_length(struct span s)
{
	const uint8_t *p = s.ptr;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	if (s.len < 2 || !is_continuation(p[1]))
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	if (s.len < 3 || !is_continuation(p[2]))
		return 0;
	if (p[0] < 0xf0)
		return 3;
	return s.len >= 4 && is_continuation(p[3]) ? 4 : 0;
}

/* RFC 8259 section 7: only these must be escaped. */
static bool
is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static void
put_escaped(struct json_writer *w, uint8_t byte)
{
	static const char digit[] = "0123456789abcdef";
	static const char short_form[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
		['\r'] = 'r',
	};
	char text[6] = { '\\', 'u', '0', '0', digit[byte >> 4],
		digit[byte & 15] };

	if (byte >= 0x20)
		text[1] = (char)byte;
	else if (short_form[byte] != 0)
		text[1] = short_form[byte];
	put(w, text, text[1] == 'u' ? 6 : 2);
}

/* Puts the character at the start of `s` and returns its bytes. */
static size_t
put_character(struct json_writer *w, struct span s)
{
	size_t len = utf8_length(s);

	if (len == 0)
		put_text(w, "\xef\xbf\xbd");		/* U+FFFD */
	else if (len == 1)
		put_escaped(w, s.ptr[0]);
	else
		put(w, s.ptr, len);
	return len == 0 ? 1 : len;
}

static void
put_piece(struct json_writer *w, struct span text)
{
	for (size_t i = 0; i < text.len && w->failed == ST_OK;) {
		size_t from = i;

		while (i < text.len && is_plain(text.ptr[i]))
			i++;
		put(w, text.ptr + from, i - from);
		if (i < text.len)
			i += put_character(w, span_slice(text, i, 4));
	}
}

static void
put_string(struct json_writer *w, struct span text)
{
	put_byte(w, '"');
	put_piece(w, text);
	put_byte(w, '"');
}

/* What stands before every value: a comma, the member's name. */
static void
start_value(struct json_writer *w, const char *key)
{
	if (w->comma)
		put_byte(w, ',');
	w->comma = true;
	if (key == NULL)
		return;
	put_string(w, span_of(key));
	put_byte(w, ':');
}

static void
start_nested(struct json_writer *w, const char *key, char bracket)
{
	start_value(w, key);
	put_byte(w, bracket);
	w->comma = false;
	w->depth++;
}

static void
end_nested(struct json_writer *w, char bracket)
{
	if (w->depth == 0) {
		keep(w, ST_INVALID);
		return;
	}
	put_byte(w, bracket);
	w->comma = true;
	w->depth--;
}

/* See json_writer.h. */
void
json_start(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){ .out = out, .failed = ST_OK };
}

/* See json_writer.h. */
enum status
json_finish(struct json_writer *w)
{
	if (w->depth != 0)
		keep(w, ST_INVALID);
	return w->failed;
}

/* See json_writer.h. */
void
json_object_begin(struct json_writer *w, const char *key)
{
	start_nested(w, key, '{');
}

/* See json_writer.h. */
void
json_object_end(struct json_writer *w)
{
	end_nested(w, '}');
}

/* See json_writer.h. */
void
json_array_begin(struct json_writer *w, const char *key)
{
	start_nested(w, key, '[');
}

/* See json_writer.h. */
void
json_array_end(struct json_writer *w)
{
	end_nested(w, ']');
}

/* See json_writer.h. */
void
json_span(struct json_writer *w, const char *key, struct span text)
{
	start_value(w, key);
	put_string(w, text);
}

/* See json_writer.h. */
void
json_text(struct json_writer *w, const char *key, const char *text)
{
	json_span(w, key, span_of(text));
}

/* See json_writer.h. */
void
json_string_begin(struct json_writer *w, const char *key)
{
	start_value(w, key);
	put_byte(w, '"');
}

/* See json_writer.h. */
void
json_string_add(struct json_writer *w, struct span piece)
{
	put_piece(w, piece);
}

/* See json_writer.h. */
void
json_string_end(struct json_writer *w)
{
	put_byte(w, '"');
}

/* See json_writer.h. */
void
json_uint(struct json_writer *w, const char *key, uint64_t value)
{
	char digits[20];			/* 2^64 - 1 has 20 */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	start_value(w, key);
	put(w, digits + at, sizeof(digits) - at);
}

/* See json_writer.h. */
void
json_bool(struct json_writer *w, const char *key, bool value)
{
	start_value(w, key);
	put_text(w, value ? "true" : "false");
}

/* See json_writer.h. */
void
json_nothing(struct json_writer *w, const char *key)
{
	start_value(w, key);
	put_text(w, "null");
}

/* Digits from `i` on; returns where they end. */
static size_t
after_digits(struct span s, size_t i)
{
	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++;
	return i;
}

/* RFC 8259 section 6: no plus, no leading zero, digits round the point. */
static bool
is_number(struct span s)
{
	size_t i = s.len > 0 && s.ptr[0] == '-', from = i;

	i = after_digits(s, i);
	if (i == from || (s.ptr[from] == '0' && i > from + 1))
		return false;
	if (i < s.len && s.ptr[i] == '.') {
		from = ++i;
		i = after_digits(s, i);
		if (i == from)
			return false;
	}
	if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
		i++;
		if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
			i++;
		from = i;
		i = after_digits(s, i);
		if (i == from)
			return false;
	}
	return i == s.len;
}

/* See json_writer.h. */
void
json_number(struct json_writer *w, const char *key, struct span number)
{
	if (!is_number(number))
		keep(w, ST_INVALID);
	json_raw(w, key, number);
}

/* See json_writer.h. */
void
json_raw(struct json_writer *w, const char *key, struct span json)
{
	start_value(w, key);
	put(w, json.ptr, json.len);
}

/* See json_writer.h. */
void
json_base64(struct json_writer *w, const char *key, struct span bytes)
{
	start_value(w, key);
	put_byte(w, '"');
	if (w->failed == ST_OK)
		keep(w, base64_encode(bytes, w->out));
	put_byte(w, '"');
}

/* See json_writer.h. */
void
json_base64url(struct json_writer *w, const char *key, struct span bytes)
{
	start_value(w, key);
	put_byte(w, '"');
	if (w->failed == ST_OK)
		keep(w, base64url_encode(bytes, w->out));
	put_byte(w, '"');
}
