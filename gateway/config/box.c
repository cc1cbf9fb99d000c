#include "config/box.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum kind { BOX_TEXT, BOX_NUMBER, BOX_SLOT };

struct row {
	const char *key;
	enum kind   kind;
	size_t      at, size;
	bool        may_be_empty;
};

#define AT(field) offsetof(struct box, field), sizeof(((struct box *)0)->field)

static const struct row rows[] = {
	{ "board",   BOX_TEXT,   AT(board),   false },
	{ "version", BOX_TEXT,   AT(version), false },
	{ "release", BOX_NUMBER, AT(release), false },
	{ "floor",   BOX_NUMBER, AT(floor),   false },
	{ "slot",    BOX_SLOT,   AT(slot),    false },
	{ "reset",   BOX_TEXT,   AT(reset),   false },
	{ "change",  BOX_TEXT,   AT(change),  true },
	{ "data",    BOX_TEXT,   AT(data),    false },
	{ "network", BOX_TEXT,   AT(network), true },
	{ "lab",     BOX_TEXT,   AT(lab),     false },
	{ "wan",     BOX_TEXT,   AT(wan),     false },
	{ "boot",    BOX_TEXT,   AT(boot),    false },
	{ "root",    BOX_TEXT,   AT(root),    false },
	{ "control", BOX_TEXT,   AT(control), false },
	{ "keys",    BOX_TEXT,   AT(keys),    false },
	{ "service", BOX_TEXT,   AT(service), true },
};

static const struct row *
find(struct span key, size_t *at)
{
	for (*at = 0; *at < COUNT(rows); (*at)++)
		if (span_is(key, rows[*at].key))
			return &rows[*at];
	return NULL;
}

static enum status
take_text(const struct row *row, char *to, struct span value)
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
	*to = 0;
	if (value.len == 0 || value.len > 18)
		return ST_INVALID;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return ST_INVALID;
		*to = *to * 10 + (uint64_t)(value.ptr[i] - '0');
	}
	return ST_OK;
}

static enum status
take(const struct row *row, struct box *box, struct span value)
{
	void *to = (uint8_t *)box + row->at;

	if (row->kind == BOX_TEXT)
		return take_text(row, to, value);
	if (row->kind == BOX_NUMBER)
		return take_number(to, value);
	*(uint64_t *)to = span_is(value, "b");
	return span_is(value, "a") || span_is(value, "b") ? ST_OK : ST_INVALID;
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
take_line(struct span line, struct box *box, uint32_t *seen)
{
	static const char middle[] = " = ";
	const uint8_t *at = line.len == 0 ? NULL : memmem(line.ptr, line.len,
	    middle, sizeof(middle) - 1);
	const struct row *row;
	size_t key, number;

	if (at == NULL)
		return ST_INVALID;
	key = (size_t)(at - line.ptr);
	row = find(span_slice(line, 0, key), &number);
	if (row == NULL || *seen & 1u << number)
		return ST_INVALID;
	*seen |= 1u << number;
	return take(row, box, span_slice(line, key + sizeof(middle) - 1,
	    line.len));
}

/* See box.h. */
enum status
box_parse(struct span text, struct box *box, unsigned *line)
{
	struct span one;
	uint32_t seen = 0;

	*box = (struct box){ 0 };
	for (*line = 1; next_line(&text, &one); (*line)++)
		TRY(take_line(one, box, &seen));
	*line = 0;
	return seen == (1u << COUNT(rows)) - 1 ? ST_OK : ST_INVALID;
}

static enum status
print_text(const char *text, struct buf *out)
{
	for (; *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (c < ' ' || c > '~')
			c = '?';
		TRY(buf_append(out, &c, 1));
	}
	return ST_OK;
}

/* See box.h. */
enum status
box_print(const struct box *box, struct buf *out)
{
	char number[24];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const void *from = (const uint8_t *)box + rows[i].at;

		TRY(buf_append_text(out, rows[i].key));
		TRY(buf_append_text(out, " = "));
		if (rows[i].kind == BOX_TEXT) {
			TRY(print_text(from, out));
		} else if (rows[i].kind == BOX_SLOT) {
			TRY(buf_append_text(out, *(const uint64_t *)from == 0
			    ? "a" : "b"));
		} else {
			snprintf(number, sizeof(number), "%llu",
			    (unsigned long long)*(const uint64_t *)from);
			TRY(buf_append_text(out, number));
		}
		TRY(buf_append_text(out, "\n"));
	}
	return ST_OK;
}
