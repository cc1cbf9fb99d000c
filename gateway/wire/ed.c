#include "wire/ed.h"

enum { BAD = 0xff, PAD = 0xfe, BREAK = 0xfd };

/* What each byte means in base64: a value below 64, or one of the above. */
static uint8_t
symbol(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 26);
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0' + 52);
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	if (c == '=')
		return PAD;
	return c == '\r' || c == '\n' || c == ' ' || c == '\t' ? BREAK : BAD;
}

static uint8_t
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c >= 'A' && c <= 'F')
		return (uint8_t)(c - 'A' + 10);
	if (c >= 'a' && c <= 'f')
		return (uint8_t)(c - 'a' + 10);
	return c == '\r' || c == '\n' || c == ' ' || c == '\t' ? BREAK : BAD;
}

/* See ed.h. */
size_t
ed_most(size_t len)
{
	return len / 4 * 3 + 3 > len / 2 ? len / 4 * 3 + 3 : len / 2;
}

/* Takes an escape sequence that only breaks lines off `data`. */
static enum status
take_break(struct span *data, uint8_t escape)
{
	static const char *const breaks[] = {
		".br", "X0D", "X0A", "X0D0A", "X0d", "X0a", "X0d0a",
	};

	if (escape == 0 || data->ptr[0] != escape)
		return ST_MALFORMED;
	for (size_t i = 0; i < COUNT(breaks); i++) {
		size_t len = strlen(breaks[i]);

		if (data->len < len + 2 || data->ptr[len + 1] != escape ||
		    memcmp(data->ptr + 1, breaks[i], len) != 0)
			continue;
		*data = span_slice(*data, len + 2, data->len);
		return ST_OK;
	}
	return ST_MALFORMED;
}

/* --- base64 -------------------------------------------------------------- */

struct base64_reader {
	uint8_t value[256];	/* symbol() of every byte */
	uint32_t bits;
	unsigned symbols;	/* in `bits`, 0-3 */
	bool padded;
	struct buf *out;
};

/* Whole groups of four clean symbols, the way nearly all data comes. */
static struct span
take_clean(struct base64_reader *r, struct span in)
{
	const uint8_t *p = in.ptr, *end = in.ptr + in.len / 4 * 4;
	uint8_t *o = r->out->ptr + r->out->len;
	const uint8_t *o_end = r->out->ptr + r->out->max;

	for (; p < end && o_end - o >= 3; p += 4, o += 3) {
		uint32_t a = r->value[p[0]], b = r->value[p[1]];
		uint32_t c = r->value[p[2]], d = r->value[p[3]];
		uint32_t word = a << 18 | b << 12 | c << 6 | d;

		if ((a | b | c | d) > 63)
			break;
		o[0] = (uint8_t)(word >> 16);
		o[1] = (uint8_t)(word >> 8);
		o[2] = (uint8_t)word;
	}
	r->out->len = (size_t)(o - r->out->ptr);
	return span_slice(in, (size_t)(p - in.ptr), in.len);
}

/* The bytes that `symbols` symbols in `bits` make: 2 make one, 3 two. */
static enum status
flush(struct base64_reader *r)
{
	uint32_t word = r->bits << (6 * (4 - r->symbols));
	uint8_t bytes[3] = { (uint8_t)(word >> 16), (uint8_t)(word >> 8),
	    (uint8_t)word };
	size_t len = r->symbols == 0 ? 0 : r->symbols - 1;

	if (r->symbols == 1)
		return ST_MALFORMED;
	r->bits = 0;
	r->symbols = 0;
	return buf_append(r->out, bytes, len);
}

/* One byte that take_clean() did not understand. */
static enum status
take_symbol(struct base64_reader *r, struct span *in, uint8_t escape)
{
	uint8_t value = r->value[in->ptr[0]];

	if (value == BAD)
		return take_break(in, escape);
	*in = span_slice(*in, 1, in->len);
	if (value == BREAK)
		return ST_OK;
	if (value == PAD) {
		r->padded = true;
		return ST_OK;
	}
	if (r->padded)
		return ST_MALFORMED;
	r->bits = r->bits << 6 | value;
	return ++r->symbols == 4 ? flush(r) : ST_OK;
}

/* See ed.h. */
enum status
ed_base64(struct span data, uint8_t escape, struct buf *out)
{
	struct base64_reader r = { .out = out };

	for (unsigned c = 0; c < 256; c++)
		r.value[c] = symbol((uint8_t)c);
	while (data.len > 0) {
		if (r.symbols == 0 && !r.padded)
			data = take_clean(&r, data);
		if (data.len > 0)
			TRY(take_symbol(&r, &data, escape));
	}
	return flush(&r);
}

/* --- hexadecimal --------------------------------------------------------- */

/* See ed.h. */
enum status
ed_hex(struct span data, uint8_t escape, struct buf *out)
{
	bool half = false;
	uint8_t high = 0, byte;

	while (data.len > 0) {
		uint8_t digit = hex_digit(data.ptr[0]);

		if (digit == BAD) {
			TRY(take_break(&data, escape));
			continue;
		}
		data = span_slice(data, 1, data.len);
		if (digit == BREAK)
			continue;
		byte = (uint8_t)(high << 4 | digit);
		if (half)
			TRY(buf_append(out, &byte, 1));
		high = digit;
		half = !half;
	}
	return half ? ST_MALFORMED : ST_OK;
}

/* --- not encoded ----------------------------------------------------------- */

/* What stands between two escape characters; ST_MALFORMED: it is data. */
static enum status
put_escaped(struct span body, const struct hl7_delimiters *d, struct buf *out)
{
	static const char letters[] = "FSTRE";
	const uint8_t meant[] = { d->field, d->component, d->subcomponent,
	    d->repetition, d->escape };
	const char *at;

	if (body.len > 2 && body.ptr[0] == 'X' && body.len % 2 == 1) {
		for (size_t i = 1; i < body.len; i++)
			if (hex_digit(body.ptr[i]) > 15)
				return ST_MALFORMED;
		return ed_hex(span_slice(body, 1, body.len), 0, out);
	}
	at = body.len != 1 || body.ptr[0] == 0 ? NULL
	    : strchr(letters, body.ptr[0]);
	if (at == NULL || meant[at - letters] == 0)
		return ST_MALFORMED;
	return buf_append(out, &meant[at - letters], 1);
}

/* See ed.h. */
enum status
ed_plain(struct span data, const struct hl7_delimiters *d, struct buf *out)
{
	struct span rest = data, plain, body, after;
	enum status st;

	while (hl7_next_piece(&rest, d->escape, &plain)) {
		TRY(buf_append_span(out, plain));
		after = rest;
		if (!hl7_next_piece(&after, d->escape, &body))
			break;		/* no escape character followed */
		st = after.ptr == NULL ? ST_MALFORMED
		    : put_escaped(body, d, out);
		if (st == ST_OK)
			rest = after;
		else if (st == ST_MALFORMED)
			TRY(buf_append(out, &d->escape, 1));
		else
			return st;
	}
	return ST_OK;
}

/* See ed.h. */
bool
ed_looks_like_pdf(struct span data, uint8_t escape)
{
	/* "%PDF-" is six symbols and four bits of a seventh. */
	static const char *const start[] = {
		"J", "V", "B", "E", "R", "i", "0123",
	};
	size_t at = 0;

	while (data.len > 0 && at < COUNT(start)) {
		uint8_t c = data.ptr[0];

		if (c == escape && take_break(&data, escape) == ST_OK)
			continue;
		if (symbol(c) != BREAK && (c == 0 ||
		    strchr(start[at++], c) == NULL))
			return false;
		data = span_slice(data, 1, data.len);
	}
	return at == COUNT(start);
}
