#include "supervisor/update_keys.h"

#include "base/hex.h"

enum { LINE_BYTES = 2 * UPDATE_KEY_BYTES + 1, UNCOMPRESSED = 4 };

static enum status
take_line(struct span line, struct buf *out)
{
	const uint8_t *point = out->ptr + out->len;

	if (line.ptr[line.len - 1] != '\n')
		return ST_INVALID;
	if (hex_decode(span_slice(line, 0, line.len - 1), out) != ST_OK)
		return ST_INVALID;
	return point[0] == UNCOMPRESSED ? ST_OK : ST_INVALID;
}

/* See update_keys.h. */
enum status
update_keys_parse(struct span text, struct update_keys *keys)
{
	struct buf out = buf_over(keys->bytes, sizeof(keys->bytes));

	keys->len = 0;
	if (text.len == 0 || text.len > UPDATE_KEYS_TEXT_MAX ||
	    text.len % LINE_BYTES != 0)
		return ST_INVALID;
	for (size_t at = 0; at < text.len; at += LINE_BYTES)
		TRY(take_line(span_slice(text, at, LINE_BYTES), &out));
	keys->len = out.len;
	return ST_OK;
}
