/* hl7_unescape() of hl7.h: the escape sequences of HL7 v2.5.1 section 2.7. */
#include "wire/hl7.h"

struct escape {
	const struct hl7_delimiters *d;
	struct buf *out;
};

static bool
is_text(uint8_t c)
{
	return c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n';
}

static enum status
put(struct escape *e, uint8_t c)
{
	return is_text(c) ? buf_append(e->out, &c, 1) : ST_OK;
}

/* Appends data as it is, but for line ends and control characters. */
static enum status
put_plain(struct escape *e, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\r' && i + 1 < s.len && s.ptr[i + 1] == '\n')
			continue;
		TRY(put(e, c == '\r' ? '\n' : c));
	}
	return ST_OK;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The body of \Xhh..\; ST_MALFORMED where it is no pairs of digits. */
static enum status
put_hex(struct escape *e, struct span digits)
{
	uint8_t before = 0;

	if (digits.len == 0 || digits.len % 2 != 0)
		return ST_MALFORMED;
	for (size_t i = 0; i < digits.len; i++)
		if (hex_digit(digits.ptr[i]) < 0)
			return ST_MALFORMED;
	for (size_t i = 0; i < digits.len; i += 2) {
		int high = hex_digit(digits.ptr[i]);
		uint8_t c = (uint8_t)(high * 16 + hex_digit(digits.ptr[i + 1]));

		if (c == '\r' || (c == '\n' && before != '\r'))
			TRY(put(e, '\n'));
		else if (c != '\n')
			TRY(put(e, c));
		before = c;
	}
	return ST_OK;
}

/* .br and its like; ST_MALFORMED for what is none of them. */
static enum status
put_format(struct escape *e, struct span body)
{
	static const struct {
		const char *name;
		bool new_line;
	} command[] = {
		{ ".br", true }, { ".sp", true }, { ".ce", true },
		{ ".in", false }, { ".ti", false }, { ".fi", false },
		{ ".nf", false }, { ".sk", false },
	};

	for (size_t i = 3; i < body.len; i++)
		if (strchr("+-0123456789", body.ptr[i]) == NULL)
			return ST_MALFORMED;
	for (size_t i = 0; i < COUNT(command); i++)
		if (span_is(span_slice(body, 0, 3), command[i].name))
			return command[i].new_line ? put(e, '\n') : ST_OK;
	return ST_MALFORMED;
}

/* The delimiter that \F\, \S\, ... stands for; 0 where it is none. */
static uint8_t
delimiter_of(const struct hl7_delimiters *d, uint8_t letter)
{
	switch (letter) {
	case 'F': return d->field;
	case 'S': return d->component;
	case 'T': return d->subcomponent;
	case 'R': return d->repetition;
	case 'E': return d->escape;
	case 'P': return d->truncation;
	default:  return 0;
	}
}

/* What stands between two escape characters; ST_MALFORMED: keep it. */
static enum status
put_sequence(struct escape *e, struct span body)
{
	uint8_t c;

	if (body.len == 0)
		return ST_MALFORMED;
	if (body.ptr[0] == '.')
		return put_format(e, body);
	if (body.ptr[0] == 'X')
		return put_hex(e, span_slice(body, 1, body.len));
	if (body.len != 1)
		return ST_MALFORMED;
	if (body.ptr[0] == 'H' || body.ptr[0] == 'N')
		return ST_OK;
	c = delimiter_of(e->d, body.ptr[0]);
	return c == 0 ? ST_MALFORMED : put(e, c);
}

/* See hl7.h. */
enum status
hl7_unescape(struct span raw, const struct hl7_delimiters *d, struct buf *out)
{
	struct escape e = { d, out };
	struct span plain, body, rest = raw, after;
	enum status st;

	while (hl7_next_piece(&rest, d->escape, &plain)) {
		TRY(put_plain(&e, plain));
		after = rest;
		if (!hl7_next_piece(&after, d->escape, &body))
			break;		/* no escape character followed */
		st = after.ptr == NULL ? ST_MALFORMED : put_sequence(&e, body);
		if (st == ST_OK)
			rest = after;
		else if (st == ST_MALFORMED)	/* keep it; it may be data */
			TRY(put(&e, d->escape));
		else
			return st;
	}
	return ST_OK;
}
