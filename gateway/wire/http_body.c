#include "wire/http_body.h"

/* See http_body.h. */
void
http_body_start(struct http_body *b, const struct http_request *request)
{
	*b = (struct http_body){ .at = HTTP_AT_SIZE };
	if (request->chunked)
		return;
	b->left = request->content_length;
	b->at = b->left > 0 ? HTTP_AT_BYTES : HTTP_AT_END;
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* --- one byte of what is not data ------------------------------------------ */

static enum status
at_size(struct http_body *b, uint8_t c)
{
	int digit = hex_digit(c);

	if (digit >= 0) {
		if (++b->digits > HTTP_CHUNK_DIGITS)
			return ST_TOO_BIG;
		b->left = b->left * 16 + (uint64_t)digit;
		return ST_OK;
	}
	if (b->digits == 0)
		return ST_MALFORMED;
	if (c != '\r' && c != ';' && c != ' ' && c != '\t')
		return ST_MALFORMED;
	b->at = c == '\r' ? HTTP_AT_SIZE_LF : HTTP_AT_EXTENSION;
	return ST_OK;
}

static enum status
at_extension(struct http_body *b, uint8_t c)
{
	if (++b->line > HTTP_CHUNK_LINE_MAX)
		return ST_TOO_BIG;
	if (c == '\r')
		b->at = HTTP_AT_SIZE_LF;
	else if ((c < ' ' && c != '\t') || c == 0x7f)
		return ST_MALFORMED;
	return ST_OK;
}

static enum status
at_size_lf(struct http_body *b, uint8_t c)
{
	b->at = b->left > 0 ? HTTP_AT_DATA : HTTP_AT_TRAILER;
	b->digits = b->line = 0;
	return c == '\n' ? ST_OK : ST_MALFORMED;
}

static enum status
at_data_cr(struct http_body *b, uint8_t c)
{
	b->at = HTTP_AT_DATA_LF;
	return c == '\r' ? ST_OK : ST_MALFORMED;
}

static enum status
at_data_lf(struct http_body *b, uint8_t c)
{
	b->at = HTTP_AT_SIZE;
	return c == '\n' ? ST_OK : ST_MALFORMED;
}

static enum status
at_trailer(struct http_body *b, uint8_t c)
{
	if (++b->trailers > HTTP_TRAILERS_MAX)
		return ST_TOO_BIG;
	if (c == '\r')
		b->at = HTTP_AT_TRAILER_LF;
	else if ((c < ' ' && c != '\t') || c == 0x7f)
		return ST_MALFORMED;
	else
		b->line_has_bytes = true;
	return ST_OK;
}

/* An empty line ends it all. */
static enum status
at_trailer_lf(struct http_body *b, uint8_t c)
{
	b->at = b->line_has_bytes ? HTTP_AT_TRAILER : HTTP_AT_END;
	b->line_has_bytes = false;
	return c == '\n' ? ST_OK : ST_MALFORMED;
}

/* --- data ------------------------------------------------------------------ */

static enum status
take_data(struct http_body *b, struct span *in, struct buf *out)
{
	size_t len = in->len;

	if (len > b->left)
		len = (size_t)b->left;
	if (buf_append_span(out, span_slice(*in, 0, len)) != ST_OK)
		return ST_TOO_BIG;
	*in = span_slice(*in, len, in->len);
	b->left -= len;
	if (b->left == 0)
		b->at = b->at == HTTP_AT_BYTES ? HTTP_AT_END : HTTP_AT_DATA_CR;
	return ST_OK;
}

/* See http_body.h. */
enum status
http_body_push(struct http_body *b, struct span *in, struct buf *out)
{
	static enum status (*const take[])(struct http_body *, uint8_t) = {
		[HTTP_AT_SIZE] = at_size,
		[HTTP_AT_EXTENSION] = at_extension,
		[HTTP_AT_SIZE_LF] = at_size_lf,
		[HTTP_AT_DATA_CR] = at_data_cr,
		[HTTP_AT_DATA_LF] = at_data_lf,
		[HTTP_AT_TRAILER] = at_trailer,
		[HTTP_AT_TRAILER_LF] = at_trailer_lf,
	};

	while (b->at != HTTP_AT_END && in->len > 0) {
		if (b->at == HTTP_AT_BYTES || b->at == HTTP_AT_DATA) {
			TRY(take_data(b, in, out));
			continue;
		}
		TRY(take[b->at](b, in->ptr[0]));
		*in = span_slice(*in, 1, in->len);
	}
	return b->at == HTTP_AT_END ? ST_OK : ST_MORE;
}
