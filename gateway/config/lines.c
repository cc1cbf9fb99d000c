#include "config/lines.h"

#include <inttypes.h>
#include <stdio.h>

enum { DIGITS_MAX = 18, NUMBER_BYTES = 24 };

static bool
is_printable(uint8_t c)
{
	return c >= ' ' && c <= '~';
}

static enum status
take_text(const struct line_row *row, char *to, struct span value)
{
	if (value.len >= row->size || (value.len == 0 && !row->may_be_empty))
		return ST_INVALID;
	for (size_t i = 0; i < value.len; i++)
		if (!is_printable(value.ptr[i]))
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
take_slot(uint64_t *to, struct span value)
{
	*to = span_is(value, "b");
	return span_is(value, "a") || span_is(value, "b") ? ST_OK : ST_INVALID;
}

static enum status
take(const struct line_row *row, void *out, struct span value)
{
	void *to = (uint8_t *)out + row->at;

	if (row->kind == LINE_TEXT)
		return take_text(row, to, value);
	return row->kind == LINE_NUMBER ? take_number(to, value)
	    : take_slot(to, value);
}

/* ` =` and what is behind: a space and the value, or nothing. */
static enum status
split(struct span line, struct span *key, struct span *value)
{
	static const char middle[] = " = ";
	const size_t len = sizeof(middle) - 1;
	const uint8_t *at = memmem(line.ptr, line.len, middle, len);

	if (at != NULL) {
		*key = span_slice(line, 0, (size_t)(at - line.ptr));
		*value = span_slice(line, key->len + len, line.len);
		return ST_OK;
	}
	if (line.len < len || memcmp(line.ptr + line.len - (len - 1), middle,
	    len - 1) != 0)
		return ST_INVALID;
	*key = span_slice(line, 0, line.len - (len - 1));
	*value = (struct span){ 0 };
	return ST_OK;
}

static enum status
take_line(struct span line, const struct line_row *rows, size_t n_rows,
    void *out, uint32_t *seen)
{
	struct span key, value;

	TRY(split(line, &key, &value));
	for (size_t i = 0; i < n_rows; i++) {
		if (!span_is(key, rows[i].key))
			continue;
		if (*seen & UINT32_C(1) << i)
			return ST_INVALID;
		*seen |= UINT32_C(1) << i;
		return take(&rows[i], out, value);
	}
	return ST_INVALID;
}

/* See lines.h. */
enum status
lines_parse(struct span text, const struct line_row *rows, size_t n_rows,
    void *out, unsigned *line)
{
	uint32_t seen = 0;

	*line = 0;
	if (text.len > 0 && text.ptr[text.len - 1] != '\n')
		return ST_INVALID;
	for (*line = 1; text.len > 0; (*line)++) {
		const uint8_t *end = memchr(text.ptr, '\n', text.len);
		size_t len = (size_t)(end - text.ptr);

		TRY(take_line(span_slice(text, 0, len), rows, n_rows, out,
		    &seen));
		text = span_slice(text, len + 1, text.len);
	}
	*line = 0;
	return seen == (uint32_t)((UINT64_C(1) << n_rows) - 1) ? ST_OK
	    : ST_INVALID;
}

static enum status
print_text(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (!is_printable(c))
			c = '?';
		TRY(buf_append(out, &c, 1));
	}
	return ST_OK;
}

static enum status
print_value(const struct line_row *row, const void *from, struct buf *out)
{
	char number[NUMBER_BYTES];

	if (row->kind == LINE_TEXT)
		return print_text(from, out);
	if (row->kind == LINE_SLOT)
		return buf_append_text(out, *(const uint64_t *)from == 0 ? "a"
		    : "b");
	snprintf(number, sizeof(number), "%" PRIu64, *(const uint64_t *)from);
	return buf_append_text(out, number);
}

/* See lines.h. */
enum status
lines_print(const struct line_row *rows, size_t n_rows, const void *in,
    struct buf *out)
{
	for (size_t i = 0; i < n_rows; i++) {
		TRY(buf_append_text(out, rows[i].key));
		TRY(buf_append_text(out, " = "));
		TRY(print_value(&rows[i], (const uint8_t *)in + rows[i].at,
		    out));
		TRY(buf_append_text(out, "\n"));
	}
	return ST_OK;
}
