#include "base/base64.h"

/* One cache line, so that which symbol a secret selects does not show. */
static _Alignas(64) const char url_symbols[64] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static _Alignas(64) const char pad_symbols[64] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* See base64.h. */
size_t
base64url_length(size_t bytes)
{
	static const size_t tail[] = { 0, 2, 3 };

	return bytes / 3 * 4 + tail[bytes % 3];
}

/* Whole groups of three; what 20 MB of PDF spend their time in. */
static void
encode_groups(const char *symbols, const uint8_t *in, size_t groups,
    uint8_t *out)
{
	for (size_t i = 0; i < groups; i++) {
		uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8
		    | in[2];

		out[0] = (uint8_t)symbols[bits >> 18];
		out[1] = (uint8_t)symbols[bits >> 12 & 63];
		out[2] = (uint8_t)symbols[bits >> 6 & 63];
		out[3] = (uint8_t)symbols[bits & 63];
		in += 3;
		out += 4;
	}
}

/* The last one or two bytes; returns the symbols written. */
static size_t
encode_tail(const char *symbols, const uint8_t *in, size_t left, uint8_t *out)
{
	uint32_t bits;

	if (left == 0)
		return 0;
	bits = (uint32_t)in[0] << 16;
	if (left == 2)
		bits |= (uint32_t)in[1] << 8;
	out[0] = (uint8_t)symbols[bits >> 18];
	out[1] = (uint8_t)symbols[bits >> 12 & 63];
	if (left == 2)
		out[2] = (uint8_t)symbols[bits >> 6 & 63];
	return left + 1;
}

static size_t
encode(const char *symbols, struct span in, uint8_t *out)
{
	size_t groups = in.len / 3, left = in.len % 3;

	encode_groups(symbols, in.ptr, groups, out);
	return groups * 4 +
	    encode_tail(symbols, in.ptr + groups * 3, left, out + groups * 4);
}

/* See base64.h. */
enum status
base64url_encode(struct span in, struct buf *out)
{
	if (in.len == 0)
		return ST_OK;
	if (base64url_length(in.len) > out->max - out->len)
		return ST_NO_SPACE;
	out->len += encode(url_symbols, in, out->ptr + out->len);
	return ST_OK;
}

/* See base64.h. */
enum status
base64_encode(struct span in, struct buf *out)
{
	if (in.len == 0)
		return ST_OK;
	if ((in.len + 2) / 3 * 4 > out->max - out->len)
		return ST_NO_SPACE;
	out->len += encode(pad_symbols, in, out->ptr + out->len);
	for (size_t left = in.len % 3; left != 0 && left < 3; left++)
		out->ptr[out->len++] = '=';
	return ST_OK;
}

/* All ones if from <= symbol <= to, else zero; no branch, no table. */
static uint32_t
within(uint32_t symbol, uint32_t from, uint32_t to)
{
	return (((symbol - from) | (to - symbol)) >> 31) - 1;
}

/* The six bits of `symbol`; above 63 where it is none. */
static uint32_t
value_of(uint32_t symbol)
{
	uint32_t upper = within(symbol, 'A', 'Z');
	uint32_t lower = within(symbol, 'a', 'z');
	uint32_t digit = within(symbol, '0', '9');
	uint32_t minus = within(symbol, '-', '-');
	uint32_t under = within(symbol, '_', '_');

	return (upper & (symbol - 'A')) | (lower & (symbol - 'a' + 26)) |
	    (digit & (symbol - '0' + 52)) | (minus & 62) | (under & 63) |
	    (~(upper | lower | digit | minus | under) & 64);
}

/* Whole groups of four; returns a value above 63 if any symbol is foreign. */
static uint32_t
decode_groups(const uint8_t *in, size_t groups, uint8_t *out)
{
	uint32_t foreign = 0;

	for (size_t i = 0; i < groups; i++) {
		uint32_t a = value_of(in[0]), b = value_of(in[1]);
		uint32_t c = value_of(in[2]), d = value_of(in[3]);
		uint32_t bits = a << 18 | b << 12 | c << 6 | d;

		foreign |= a | b | c | d;
		out[0] = (uint8_t)(bits >> 16);
		out[1] = (uint8_t)(bits >> 8);
		out[2] = (uint8_t)bits;
		in += 4;
		out += 3;
	}
	return foreign;
}

/*
 * Two or three last symbols.  Bits that belong to no byte must be zero
 * (RFC 4648 section 3.5): otherwise one value has several spellings.
 */
static uint32_t
decode_tail(const uint8_t *in, size_t left, uint8_t *out)
{
	uint32_t a, b, c;

	if (left == 0)
		return 0;
	a = value_of(in[0]);
	b = value_of(in[1]);
	c = left == 3 ? value_of(in[2]) : 0;
	out[0] = (uint8_t)(a << 2 | b >> 4);
	if (left == 2)
		return a | b | (b & 15) << 6;
	out[1] = (uint8_t)(b << 4 | c >> 2);
	return a | b | c | (c & 3) << 6;
}

/* See base64.h. */
enum status
base64url_decode(struct span in, struct buf *out)
{
	size_t groups = in.len / 4, left = in.len % 4;
	size_t len = groups * 3 + (left == 0 ? 0 : left - 1);
	uint8_t *to;

	if (left == 1)
		return ST_MALFORMED;
	if (len > out->max - out->len)
		return ST_NO_SPACE;
	if (len == 0)
		return ST_OK;
	to = out->ptr + out->len;
	if ((decode_groups(in.ptr, groups, to) |
	    decode_tail(in.ptr + groups * 4, left, to + groups * 3)) > 63)
		return ST_MALFORMED;
	out->len += len;
	return ST_OK;
}
