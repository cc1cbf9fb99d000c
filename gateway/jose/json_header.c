#include "jose/json_header.h"

/* What is left to read, and how deep we are. */
struct reader {
	struct span left;
	unsigned    depth;
};

static void
skip(struct reader *r, size_t len)
{
	r->left.ptr += len;
	r->left.len -= len;
}

/* The next byte that is no white space, 0 at the end; not consumed. */
static uint8_t
peek(struct reader *r)
{
	while (r->left.len > 0 && (r->left.ptr[0] == ' ' ||
	    r->left.ptr[0] == '\t' || r->left.ptr[0] == '\n' ||
	    r->left.ptr[0] == '\r'))
		skip(r, 1);
	return r->left.len > 0 ? r->left.ptr[0] : 0;
}

/* Consumes `byte` if it is next. */
static bool
take(struct reader *r, uint8_t byte)
{
	if (peek(r) != byte || r->left.len == 0)
		return false;
	skip(r, 1);
	return true;
}

static enum status
read_string(struct reader *r, struct span *out)
{
	size_t i = 0;

	if (!take(r, '"'))
		return ST_MALFORMED;
	for (; i < r->left.len && r->left.ptr[i] != '"'; i++) {
		if (r->left.ptr[i] < 0x20)
			return ST_MALFORMED;
		if (r->left.ptr[i] == '\\' || r->left.ptr[i] > 0x7e)
			return ST_UNSUPPORTED;
	}
	if (i == r->left.len)
		return ST_MALFORMED;
	*out = span_slice(r->left, 0, i);
	skip(r, i + 1);
	return ST_OK;
}

/* Consumes digits; false where there is none. */
static bool
take_digits(struct reader *r)
{
	size_t before = r->left.len;

	while (r->left.len > 0 && r->left.ptr[0] >= '0' && r->left.ptr[0] <= '9')
		skip(r, 1);
	return r->left.len < before;
}

/* Integers only: no registered header parameter holds anything else. */
static enum status
read_number(struct reader *r)
{
	if (r->left.len > 0 && r->left.ptr[0] == '-')
		skip(r, 1);
	if (r->left.len > 1 && r->left.ptr[0] == '0' &&
	    r->left.ptr[1] >= '0' && r->left.ptr[1] <= '9')
		return ST_MALFORMED;
	if (!take_digits(r))
		return ST_MALFORMED;
	if (r->left.len > 0 && (r->left.ptr[0] == '.' ||
	    r->left.ptr[0] == 'e' || r->left.ptr[0] == 'E'))
		return ST_UNSUPPORTED;
	return ST_OK;
}

static enum status
read_word(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < COUNT(words); i++) {
		size_t len = strlen(words[i]);

		if (span_is(span_slice(r->left, 0, len), words[i])) {
			skip(r, len);
			return ST_OK;
		}
	}
	return read_number(r);
}

static enum status skip_value(struct reader *r);

/* The inside of an array or of an object that nobody asks about. */
static enum status
skip_nested(struct reader *r, uint8_t end)
{
	struct span name;

	if (take(r, end))
		return ST_OK;
	do {
		if (end == '}') {
			TRY(read_string(r, &name));
			if (!take(r, ':'))
				return ST_MALFORMED;
		}
		TRY(skip_value(r));
	} while (take(r, ','));
	return take(r, end) ? ST_OK : ST_MALFORMED;
}

/* Recursive, but no deeper than JSON_HEADER_DEPTH. */
static enum status
skip_value(struct reader *r)
{
	uint8_t first = peek(r);
	struct span string;
	enum status st;

	if (first == '"')
		return read_string(r, &string);
	if (first != '{' && first != '[')
		return read_word(r);
	if (++r->depth > JSON_HEADER_DEPTH)
		return ST_UNSUPPORTED;
	skip(r, 1);
	st = skip_nested(r, first == '{' ? '}' : ']');
	r->depth--;
	return st;
}

static enum status
read_value(struct reader *r, struct json_member *m)
{
	uint8_t first = peek(r);
	const uint8_t *from = r->left.ptr;

	m->kind = first == '{' ? JSON_KIND_OBJECT : JSON_KIND_OTHER;
	if (first == '"') {
		m->kind = JSON_KIND_STRING;
		return read_string(r, &m->value);
	}
	TRY(skip_value(r));
	m->value = (struct span){ from, (size_t)(r->left.ptr - from) };
	return ST_OK;
}

static bool
has_name(const struct json_header *h, struct span name)
{
	for (size_t i = 0; i < h->count; i++)
		if (span_equal(h->member[i].name, name))
			return true;
	return false;
}

static enum status
read_member(struct reader *r, struct json_header *h)
{
	struct json_member *m = &h->member[h->count];

	if (h->count == JSON_HEADER_MEMBERS)
		return ST_UNSUPPORTED;
	TRY(read_string(r, &m->name));
	if (has_name(h, m->name) || !take(r, ':'))
		return ST_MALFORMED;
	TRY(read_value(r, m));
	h->count++;
	return ST_OK;
}

/* See json_header.h. */
enum status
json_header_read(struct span text, struct json_header *h)
{
	struct reader r = { text, 1 };

	h->count = 0;
	if (!take(&r, '{'))
		return ST_MALFORMED;
	if (!take(&r, '}')) {
		do
			TRY(read_member(&r, h));
		while (take(&r, ','));
		if (!take(&r, '}'))
			return ST_MALFORMED;
	}
	/* peek() gives 0 for a NUL byte too, hence the length. */
	(void)peek(&r);
	return r.left.len == 0 ? ST_OK : ST_MALFORMED;
}

/* See json_header.h. */
const struct json_member *
json_header_find(const struct json_header *h, const char *name)
{
	for (size_t i = 0; i < h->count; i++)
		if (span_is(h->member[i].name, name))
			return &h->member[i];
	return NULL;
}

/* See json_header.h. */
bool
json_header_is(const struct json_header *h, const char *name, const char *text)
{
	struct span s = json_header_string(h, name);

	return s.ptr != NULL && span_is(s, text);
}

/* See json_header.h. */
struct span
json_header_string(const struct json_header *h, const char *name)
{
	const struct json_member *m = json_header_find(h, name);

	if (m == NULL || m->kind != JSON_KIND_STRING)
		return (struct span){ NULL, 0 };
	return m->value;
}
