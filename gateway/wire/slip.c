#include "wire/slip.h"

/* RFC 1055. */
enum { END = 0xc0, ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd };

/* Reflected polynomial 0x04c11db7, four bits at a time. */
static uint32_t
crc32_of(struct span s)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < s.len; i++) {
		crc ^= s.ptr[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* --- reading --------------------------------------------------------------- */

/* See slip.h. */
void
slip_init(struct slip_reader *r)
{
	*r = (struct slip_reader){ .len = 0 };
}

static bool
is_frame(const struct slip_reader *r)
{
	const uint8_t *tail;
	uint32_t crc;

	if (r->is_bad || r->is_escaped || r->len <= SLIP_CRC_BYTES)
		return false;
	tail = r->bytes + r->len - SLIP_CRC_BYTES;
	crc = (uint32_t)tail[0] << 24 | (uint32_t)tail[1] << 16 |
	    (uint32_t)tail[2] << 8 | tail[3];
	return crc32_of((struct span){ r->bytes, r->len - SLIP_CRC_BYTES })
	    == crc;
}

/* Two ENDs in a row have nothing in between. */
static bool
end_frame(struct slip_reader *r)
{
	bool is = is_frame(r);

	if (is)
		r->frame_len = r->len - SLIP_CRC_BYTES;
	else if (r->len > 0 || r->is_bad || r->is_escaped)
		r->dropped++;
	r->len = 0;
	r->is_bad = r->is_escaped = false;
	return is;
}

static void
take(struct slip_reader *r, uint8_t byte)
{
	if (r->is_escaped) {
		r->is_escaped = false;
		if (byte == ESC_END)
			byte = END;
		else if (byte == ESC_ESC)
			byte = ESC;
		else
			r->is_bad = true;
	} else if (byte == ESC) {
		r->is_escaped = true;
		return;
	}
	if (r->len == sizeof(r->bytes))
		r->is_bad = true;
	if (!r->is_bad)
		r->bytes[r->len++] = byte;
}

/* See slip.h. */
enum status
slip_push(struct slip_reader *r, struct span *in)
{
	while (in->len > 0) {
		uint8_t byte = in->ptr[0];

		*in = span_slice(*in, 1, in->len);
		if (byte != END)
			take(r, byte);
		else if (end_frame(r))
			return ST_OK;
	}
	return ST_MORE;
}

/* See slip.h. */
struct span
slip_frame(const struct slip_reader *r)
{
	return (struct span){ r->bytes, r->frame_len };
}

/* --- writing --------------------------------------------------------------- */

static enum status
put(struct buf *out, uint8_t byte)
{
	return buf_append(out, &byte, 1);
}

static enum status
put_escaped(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t byte = s.ptr[i];

		if (byte == END || byte == ESC) {
			TRY(put(out, ESC));
			byte = byte == END ? ESC_END : ESC_ESC;
		}
		TRY(put(out, byte));
	}
	return ST_OK;
}

static enum status
put_frame(struct buf *out, struct span frame)
{
	uint32_t crc = crc32_of(frame);
	const uint8_t tail[SLIP_CRC_BYTES] = { (uint8_t)(crc >> 24),
	    (uint8_t)(crc >> 16), (uint8_t)(crc >> 8), (uint8_t)crc };

	TRY(put(out, END));	/* what was on the line ends here */
	TRY(put_escaped(out, frame));
	TRY(put_escaped(out, (struct span){ tail, sizeof(tail) }));
	return put(out, END);
}

/* See slip.h. */
enum status
slip_write(struct span frame, struct buf *out)
{
	size_t before = out->len;
	enum status st = put_frame(out, frame);

	if (st != ST_OK)
		out->len = before;
	return st;
}
