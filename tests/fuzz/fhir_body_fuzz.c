/* A request with its body, whole and byte by byte: both must read the same;
 * then the body as multipart, whose parts must lie inside it. */
#include "wire/http_body.h"

#include <stdlib.h>

#include "wire/multipart.h"

enum { ROOM = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum status
take(const struct http_request *r, struct span in, size_t step, struct buf *out)
{
	struct http_body b;
	enum status st = ST_MORE;

	http_body_start(&b, r);
	do {
		struct span piece = span_slice(in, 0, step);
		size_t had = piece.len;

		st = http_body_push(&b, &piece, out);
		if (st == ST_MORE && piece.len > 0)
			abort();
		in = span_slice(in, had - piece.len, in.len);
	} while (st == ST_MORE && in.len > 0);
	return st;
}

static void
check_parts(struct span type, struct span body)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	struct span boundary;
	size_t n;

	if (multipart_boundary(type, &boundary) != ST_OK ||
	    multipart_read(body, boundary, parts, &n) != ST_OK)
		return;
	for (size_t i = 0; i < n; i++)
		if (parts[i].bytes.ptr < body.ptr || parts[i].bytes.ptr +
		    parts[i].bytes.len > body.ptr + body.len)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t whole[ROOM], single[ROOM];
	struct buf a = buf_over(whole, ROOM), b = buf_over(single, ROOM);
	struct span in = { data, len };
	struct http_request r;
	enum status st;
	size_t used;

	if (http_parse_chunked(in, &r, &used) != ST_OK)
		return 0;
	if (r.content_length > 0 && r.chunked)
		abort();
	in = span_slice(in, used, in.len);
	st = take(&r, in, in.len, &a);
	/* Room may end in the middle of what one push was given. */
	if (take(&r, in, 1, &b) != st || (st != ST_TOO_BIG &&
	    !span_equal(buf_span(&a), buf_span(&b))))
		abort();
	if (st == ST_OK)
		check_parts(r.content_type, buf_span(&a));
	return 0;
}
