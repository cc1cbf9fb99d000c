#include "wire/uri.h"

/* RFC 3986 section 2.3. */
static bool
is_unreserved(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

/* See uri.h. */
enum status
uri_encode(struct span in, bool keep_slash, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t before = out->len;

	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.ptr[i];
		char text[3] = { '%', digits[c >> 4], digits[c & 15] };
		bool as_is = is_unreserved(c) || (c == '/' && keep_slash);

		if (buf_append(out, as_is ? (const void *)&c : text,
		    as_is ? 1 : sizeof(text)) != ST_OK) {
			out->len = before;
			return ST_NO_SPACE;
		}
	}
	return ST_OK;
}
