/*
 * http_words.h -- what the readers of request and answer heads share: one
 * reading only, of lines, names and lengths (RFC 9110, RFC 9112).
 *
 * For http.c and http_answer.c.
 */
#ifndef WIRE_HTTP_WORDS_H
#define WIRE_HTTP_WORDS_H

#include "base/span.h"

static inline uint8_t
http_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Whether `s` is `word`, which is in lower case, in whatever case. */
static inline bool
http_same_word(struct span s, const char *word)
{
	if (s.len != strlen(word))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (http_lower(s.ptr[i]) != (uint8_t)word[i])
			return false;
	return true;
}

static inline bool
http_is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    (http_lower(c) >= 'a' && http_lower(c) <= 'z');
}

/* RFC 9110 section 5.6.2 */
static inline bool
http_is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!http_is_alphanumeric(s.ptr[i]) && (s.ptr[i] == 0 ||
		    strchr("!#$%&'*+-.^_`|~", s.ptr[i]) == NULL))
			return false;
	return s.len > 0;
}

static inline struct span
http_trimmed(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Digits only: no sign, no list, no overflow (RFC 9112 section 6.3). */
static inline MUST_CHECK enum status
http_length(struct span value, uint64_t *length)
{
	uint64_t n = 0;

	if (value.len == 0 || value.len > 18)
		return ST_MALFORMED;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return ST_MALFORMED;
		n = n * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	*length = n;
	return ST_OK;
}

/* What "Connection" asks for: a list of words. */
static inline void
http_connection(struct span value, bool *close, bool *keep_alive)
{
	while (value.len > 0) {
		const uint8_t *comma = memchr(value.ptr, ',', value.len);
		size_t len = comma == NULL ? value.len
		    : (size_t)(comma - value.ptr);
		struct span word = http_trimmed(span_slice(value, 0, len));

		*close = *close || http_same_word(word, "close");
		*keep_alive = *keep_alive ||
		    http_same_word(word, "keep-alive");
		value = span_slice(value, len + 1, value.len);
	}
}

/*
 * The length of a head with its empty line.  Here falls what picohttpparser
 * forgives and another reader may not: LF without CR, CR without LF, control
 * characters (RFC 9112 section 2.2, RFC 9110 section 5.5).
 *
 * ST_OK, ST_MORE, ST_TOO_BIG, ST_MALFORMED
 */
static inline MUST_CHECK enum status
http_head_length(struct span in, size_t bytes_max, size_t headers_max,
    size_t *length)
{
	size_t lines = 0, line_start = 0, i;

	for (i = 0; i < in.len && i < bytes_max; i++) {
		uint8_t c = in.ptr[i];

		if (c == '\n' && i > 0 && in.ptr[i - 1] == '\r') {
			if (i - line_start == 1 && lines > 0) {
				*length = i + 1;
				return lines - 1 > headers_max
				    ? ST_TOO_BIG : ST_OK;
			}
			/* One empty line before the first is forgiven. */
			if (i - line_start == 1 && line_start > 0)
				return ST_MALFORMED;
			lines += i - line_start > 1;
			line_start = i + 1;
		} else if (c == '\n' || (i > 0 && in.ptr[i - 1] == '\r')) {
			return ST_MALFORMED;
		} else if ((c < ' ' && c != '\r' && c != '\t') || c == 0x7f) {
			return ST_MALFORMED;
		}
	}
	return i == bytes_max ? ST_TOO_BIG : ST_MORE;
}

#endif
