/*
 * http_body.h -- the body behind a request's head: so many bytes, or chunks
 * (RFC 9112 sections 6 and 7.1).
 *
 * Strict as http.h: CR LF and nothing else ends a line, a chunk's size is
 * hexadecimal digits.  Extensions and trailers are passed over.
 */
#ifndef WIRE_HTTP_BODY_H
#define WIRE_HTTP_BODY_H

#include "wire/http.h"

enum {
	HTTP_CHUNK_DIGITS = 8,
	HTTP_CHUNK_LINE_MAX = 256,	/* a size with its extensions */
	HTTP_TRAILERS_MAX = 4096	/* bytes of all of them */
};

enum http_body_at {
	HTTP_AT_BYTES,		/* of Content-Length */
	HTTP_AT_SIZE, HTTP_AT_EXTENSION, HTTP_AT_SIZE_LF,
	HTTP_AT_DATA, HTTP_AT_DATA_CR, HTTP_AT_DATA_LF,
	HTTP_AT_TRAILER, HTTP_AT_TRAILER_LF,
	HTTP_AT_END
};

struct http_body {
	enum http_body_at at;
	uint64_t left;		/* of the body, or of this chunk */
	size_t digits, line, trailers;
	bool line_has_bytes;	/* of a trailer */
};

void http_body_start(struct http_body *b, const struct http_request *request);

/*
 * Takes bytes from `in`, moving it on, and appends what they carry to `out`.
 *
 *   ST_OK         the body is whole; `in` holds what comes after it
 *   ST_MORE       all of `in` is consumed
 *   ST_TOO_BIG    `out` is full, or a line is too long
 *   ST_MALFORMED  chunks that are none
 */
MUST_CHECK enum status
http_body_push(struct http_body *b, struct span *in, struct buf *out);

#endif
