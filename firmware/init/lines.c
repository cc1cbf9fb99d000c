#include "init/lines.h"

#include <inttypes.h>
#include <stdio.h>

enum { DIGITS_MAX = 18, NUMBER_BYTES = 24 };

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span
trim(struct span s)
{
	while (s.len > 0 && is_space(s.ptr[0]))
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* The next line without its end; false where there is none. */
static bool
next_line(struct span *text, struct span *line)
{
	const uint8_t *end;

	if (text->len == 0)
		return false;
	end = memchr(text->ptr, '\n', text->len);
	*line = span_slice(*text, 0, end == NULL ? text->len
	    : (size_t)(end - text->ptr));
	*text = span_slice(*text, line->len + 1, text->len);
	return true;
}

static enum status
take_text(const struct line_row *row, char *to, struct span value)
{
	if (value.len >= row->size || (value.len == 0 && !row->may_be_empty))
		return ST_INVALID;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < ' ' || value.ptr[i] > '~')
			return ST_INVALID;
	if (value.len > 0)
		memcpy(to, value.ptr, value.len);
	to[value.len] = '\0';
	return ST_OK;
}

static enum status
take_number(uint64_t *to, struct span value)
{
	uint64_t number = 0;

	if (value.len == 0 || value.len > DIGITS_MAX)
		return ST_INVALID;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return ST_INVALID;
		number = number * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	*to = number;
	return ST_OK;
}

static enum status
take(const struct line_row *row, void *out, struct span value)
{
	void *to = (uint8_t *)out + row->at;

	return row->kind == LINE_TEXT ? take_text(row, to, value)
	    : take_number(to, value);
}

static enum status
take_line(struct span line, const struct line_row *rows, size_t n_rows,
    void *out, uint32_t *seen)
{
	const uint8_t *equals = memchr(line.ptr, '=', line.len);
	struct span key;
	size_t at;

	if (equals == NULL)
		return ST_INVALID;
	at = (size_t)(equals - line.ptr);
	key = trim(span_slice(line, 0, at));
	for (size_t i = 0; i < n_rows; i++) {
		if (!span_is(key, rows[i].key))
			continue;
		if (*seen & UINT32_C(1) << i)
			return ST_INVALID;
		*seen |= UINT32_C(1) << i;
		return take(&rows[i], out,
		    trim(span_slice(line, at + 1, line.len)));
	}
	return ST_INVALID;
}

/* See lines.h. */
enum status
lines_parse(struct span text, const struct line_row *rows, size_t n_rows,
    void *out, unsigned *line)
{
	struct span one;
	uint32_t seen = 0;

	*line = 0;
	if (text.len > 0 && text.ptr[text.len - 1] != '\n')
		return ST_INVALID;
	for (*line = 1; next_line(&text, &one); (*line)++) {
		one = trim(one);
		if (one.len > 0 && one.ptr[0] != '#')
			TRY(take_line(one, rows, n_rows, out, &seen));
	}
	*line = 0;
	return seen == (uint32_t)((UINT64_C(1) << n_rows) - 1) ? ST_OK
	    : ST_INVALID;
}

/* See lines.h. */
enum status
lines_print(const struct line_row *rows, size_t n_rows, const void *in,
    struct buf *out)
{
	char number[NUMBER_BYTES];

	for (size_t i = 0; i < n_rows; i++) {
		const void *from = (const uint8_t *)in + rows[i].at;

		if (rows[i].kind == LINE_NUMBER)
			snprintf(number, sizeof(number), "%" PRIu64,
			    *(const uint64_t *)from);
		TRY(buf_append_text(out, rows[i].key));
		TRY(buf_append_text(out, " = "));
		TRY(buf_append_text(out, rows[i].kind == LINE_TEXT ? from
		    : number));
		TRY(buf_append_text(out, "\n"));
	}
	return ST_OK;
}
