#include "wire/multipart.h"

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool
starts_with_word(struct span s, const char *word)
{
	size_t len = strlen(word);

	if (s.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(s.ptr[i]) != (uint8_t)word[i])
			return false;
	return true;
}

static struct span
without_blanks(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* What stands before the first `end`; the rest goes to `s`. */
static struct span
take_until(struct span *s, uint8_t end)
{
	const uint8_t *at = s->len == 0 ? NULL : memchr(s->ptr, end, s->len);
	size_t len = at == NULL ? s->len : (size_t)(at - s->ptr);
	struct span taken = span_slice(*s, 0, len);

	*s = span_slice(*s, len + 1, s->len);
	return taken;
}

/* See multipart.h. */
bool
multipart_type_is(struct span type, const char *wanted)
{
	struct span only = without_blanks(take_until(&type, ';'));

	return only.len == strlen(wanted) && starts_with_word(only, wanted);
}

/* RFC 2046 section 5.1.1: bcharsnospace. */
static bool
is_boundary(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = lower(s.ptr[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    (c == 0 || strchr("'()+_,-./:=?", c) == NULL))
			return false;
	}
	return s.len > 0 && s.len <= MULTIPART_BOUNDARY_MAX;
}

/* See multipart.h. */
enum status
multipart_boundary(struct span content_type, struct span *boundary)
{
	struct span rest = content_type, parameter, found = { 0 };

	if (!multipart_type_is(content_type, "multipart/form-data") &&
	    !multipart_type_is(content_type, "multipart/related"))
		return ST_UNSUPPORTED;
	take_until(&rest, ';');
	while (rest.len > 0) {
		parameter = without_blanks(take_until(&rest, ';'));
		if (!starts_with_word(parameter, "boundary="))
			continue;
		if (found.len > 0)
			return ST_MALFORMED;
		found = span_slice(parameter, 9, parameter.len);
		if (found.len > 2 && found.ptr[0] == '"' &&
		    found.ptr[found.len - 1] == '"')
			found = span_slice(found, 1, found.len - 2);
	}
	if (!is_boundary(found))
		return ST_MALFORMED;
	*boundary = found;
	return ST_OK;
}

/* --- the body -------------------------------------------------------------- */

/* CR LF "--" boundary at `at`; the first one needs no CR LF before it. */
static bool
is_delimiter(struct span body, size_t at, struct span boundary)
{
	return span_is(span_slice(body, at, 4), "\r\n--") &&
	    span_equal(span_slice(body, at + 4, boundary.len), boundary);
}

/* Where the next delimiter begins from `from` on; body.len: nowhere. */
static size_t
find_delimiter(struct span body, size_t from, struct span boundary)
{
	while (from < body.len) {
		const uint8_t *cr = memchr(body.ptr + from, '\r',
		    body.len - from);

		if (cr == NULL)
			return body.len;
		from = (size_t)(cr - body.ptr);
		if (is_delimiter(body, from, boundary))
			return from;
		from++;
	}
	return body.len;
}

/* Takes one header line off `s`; ST_NOT_FOUND at the empty line. */
static enum status
take_header(struct span *s, struct span *line)
{
	struct span taken = take_until(s, '\n');

	if (taken.len == 0 || taken.ptr[taken.len - 1] != '\r')
		return ST_MALFORMED;
	taken.len--;
	for (size_t i = 0; i < taken.len; i++)
		if ((taken.ptr[i] < ' ' && taken.ptr[i] != '\t') ||
		    taken.ptr[i] == 0x7f)
			return ST_MALFORMED;
	*line = taken;
	return taken.len == 0 ? ST_NOT_FOUND : ST_OK;
}

static enum status
read_part(struct span s, struct multipart_part *part)
{
	struct span line, name;
	enum status st;

	*part = (struct multipart_part){ .bytes = { 0 } };
	while ((st = take_header(&s, &line)) == ST_OK) {
		name = take_until(&line, ':');
		line = without_blanks(line);
		if (multipart_type_is(name, "content-type"))
			part->type = line;
		if (multipart_type_is(name, "content-transfer-encoding") &&
		    !multipart_type_is(line, "binary") &&
		    !multipart_type_is(line, "8bit") &&
		    !multipart_type_is(line, "7bit"))
			return ST_UNSUPPORTED;
	}
	part->bytes = s;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See multipart.h. */
enum status
multipart_read(struct span body, struct span boundary,
    struct multipart_part parts[static MULTIPART_PARTS_MAX], size_t *n)
{
	size_t at, end;

	*n = 0;
	/* A preamble is allowed and passed over. */
	if (span_is(span_slice(body, 0, 2), "--") &&
	    span_equal(span_slice(body, 2, boundary.len), boundary))
		at = 2 + boundary.len;
	else
		at = find_delimiter(body, 0, boundary) + 4 + boundary.len;
	while (!span_is(span_slice(body, at, 2), "--")) {
		if (!span_is(span_slice(body, at, 2), "\r\n"))
			return ST_MALFORMED;
		end = find_delimiter(body, at + 2, boundary);
		if (end == body.len)
			return ST_MALFORMED;
		if (*n == MULTIPART_PARTS_MAX)
			return ST_TOO_BIG;
		TRY(read_part(span_slice(body, at + 2, end - at - 2),
		    &parts[(*n)++]));
		at = end + 4 + boundary.len;
	}
	return ST_OK;
}
