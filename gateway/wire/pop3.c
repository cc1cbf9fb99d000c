#include "wire/pop3.h"

enum { NUMBER_DIGITS = 9 };

/* See pop3.h. */
void
pop3_expect(struct pop3_reader *r, bool is_multiline)
{
	r->is_multiline = is_multiline;
	r->in_lines = false;
	r->len = 0;
}

static bool
begins(struct span line, const char *word)
{
	size_t len = strlen(word);

	return span_is(span_slice(line, 0, len), word) &&
	    (line.len == len || line.ptr[len] == ' ');
}

static enum status
status_line(struct pop3_reader *r, struct span line, enum pop3_what *what)
{
	if (begins(line, "+OK"))
		*what = POP3_GOOD;
	else if (begins(line, "-ERR"))
		*what = POP3_BAD;
	else
		return ST_MALFORMED;
	r->in_lines = r->is_multiline && *what == POP3_GOOD;
	return ST_OK;
}

/* RFC 1939 section 3: a dot is put before a line that begins with one. */
static enum status
body_line(struct pop3_reader *r, struct span *line, enum pop3_what *what)
{
	*what = POP3_LINE;
	if (line->len == 0 || line->ptr[0] != '.')
		return ST_OK;
	if (line->len == 1) {
		*what = POP3_END;
		r->in_lines = false;
	}
	*line = span_slice(*line, 1, line->len);
	return ST_OK;
}

/* See pop3.h. */
enum status
pop3_push(struct pop3_reader *r, struct span *in, enum pop3_what *what,
    struct span *line)
{
	const uint8_t *end = in->len == 0 ? NULL
	    : memchr(in->ptr, '\n', in->len);
	size_t len = end == NULL ? in->len : (size_t)(end - in->ptr);
	size_t room = sizeof(r->line) - r->len;

	if (len > 0)
		memcpy(r->line + r->len, in->ptr, len < room ? len : room);
	r->len += len < room ? len : room;
	*in = span_slice(*in, len + (end != NULL), in->len);
	if (end == NULL)
		return ST_MORE;
	*line = (struct span){ r->line, r->len };
	if (line->len > 0 && line->ptr[line->len - 1] == '\r')
		line->len--;
	r->len = 0;
	return r->in_lines ? body_line(r, line, what)
	    : status_line(r, *line, what);
}

/* See pop3.h. */
enum status
pop3_uid(struct span line, uint32_t *number, struct span *uid)
{
	uint32_t n = 0;
	size_t i = 0;

	while (i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9' &&
	    i < NUMBER_DIGITS)
		n = n * 10 + (uint32_t)(line.ptr[i++] - '0');
	if (n == 0 || i == line.len || line.ptr[i] != ' ')
		return ST_MALFORMED;
	line = span_slice(line, i + 1, line.len);
	for (i = 0; i < line.len; i++)
		if (line.ptr[i] <= ' ' || line.ptr[i] >= 0x7f)
			return ST_MALFORMED;
	if (line.len == 0 || line.len > POP3_UID_MAX)
		return ST_MALFORMED;
	*number = n;
	*uid = line;
	return ST_OK;
}
