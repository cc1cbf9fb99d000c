#include "base/hex.h"

/* See hex.h. */
enum status
hex_encode(struct span in, struct buf *out)
{
	static const char digit[] = "0123456789abcdef";

	if (in.len > (out->max - out->len) / 2)
		return ST_NO_SPACE;
	for (size_t i = 0; i < in.len; i++) {
		out->ptr[out->len++] = (uint8_t)digit[in.ptr[i] >> 4];
		out->ptr[out->len++] = (uint8_t)digit[in.ptr[i] & 15];
	}
	return ST_OK;
}

static int
nibble(uint8_t symbol)
{
	if (symbol >= '0' && symbol <= '9')
		return symbol - '0';
	symbol |= 0x20;
	return symbol >= 'a' && symbol <= 'f' ? symbol - 'a' + 10 : -1;
}

/* See hex.h. */
enum status
hex_decode(struct span in, struct buf *out)
{
	if (in.len % 2 != 0)
		return ST_MALFORMED;
	if (in.len / 2 > out->max - out->len)
		return ST_NO_SPACE;
	for (size_t i = 0; i < in.len; i += 2) {
		int high = nibble(in.ptr[i]), low = nibble(in.ptr[i + 1]);

		if (high < 0 || low < 0)
			return ST_MALFORMED;
		out->ptr[out->len + i / 2] = (uint8_t)(high << 4 | low);
	}
	out->len += in.len / 2;
	return ST_OK;
}
