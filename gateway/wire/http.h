/*
 * http.h -- request heads in, response heads out (RFC 9110, RFC 9112).
 *
 * A strict server's view, over picohttpparser: whatever two readers could
 * understand in two ways is refused.  Reads heads only; the body is the
 * `content_length` bytes that follow, or chunks for those who take them
 * (http_body.h).
 * Never: obsolete folding, bare LF, percent-decoding of the path, allocation.
 */
#ifndef WIRE_HTTP_H
#define WIRE_HTTP_H

#include "base/span.h"

enum {
	HTTP_HEAD_MAX    = 8192,	/* bytes of a request head */
	HTTP_HEADERS_MAX = 64
};

enum http_method {
	HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_DELETE, HTTP_OPTIONS,
	HTTP_OTHER		/* a token, but none of these: answer 405 */
};

/* Every span borrows from the bytes given to http_parse(); absent: len 0. */
struct http_request {
	enum http_method method;
	struct span path;	/* "/d/x": printable ASCII, no "?", no "#" */
	struct span query;	/* after the "?", still percent-encoded */
	struct span host;	/* as sent; never empty with HTTP/1.1 */
	struct span authorization;
	struct span accept_language;
	struct span content_type;
	struct span content_encoding;
	struct span origin;
	uint64_t content_length;	/* 0: no body */
	bool chunked;		/* only of http_parse_chunked() */
	bool keep_alive;
	bool expect_continue;	/* answer 100 before reading the body */
	bool http_1_0;
};

/*
 * Reads one request head from the start of `in`.
 *
 *   ST_OK           `request` and `head_bytes` are set
 *   ST_MORE         the head is not whole yet; call again with more bytes
 *   ST_TOO_BIG      longer than HTTP_HEAD_MAX or HTTP_HEADERS_MAX: 431
 *   ST_MALFORMED    not HTTP/1.x, or ambiguous: 400
 *   ST_UNSUPPORTED  Transfer-Encoding, or an Expect that is not
 *                   100-continue: 501
 *
 * After any failure: answer, then close the connection.
 */
MUST_CHECK enum status
http_parse(struct span in, struct http_request *request, size_t *head_bytes);

/* The same for servers that take chunked bodies: `Transfer-Encoding: chunked`
 * alone is ST_OK too. */
MUST_CHECK enum status
http_parse_chunked(struct span in, struct http_request *request,
    size_t *head_bytes);

/*
 * Appends the percent-decoded value of `name` in `query` ("a=1&b=2").
 *
 *   ST_OK, ST_NOT_FOUND, ST_NO_SPACE
 *   ST_MALFORMED  a broken escape, a control character, or a second value
 */
MUST_CHECK enum status
http_query_value(struct span query, const char *name, struct buf *out);

/* The token of "Bearer <token>"; empty where it is anything else. */
struct span http_bearer(const struct http_request *request);

/* One header of a response; name and value are ASCII. */
struct http_header {
	const char *name;
	struct span value;
};

struct http_response {
	unsigned code;			/* 200, 404, ... */
	const struct http_header *headers;	/* in this order */
	size_t   n_headers;
	bool     has_length;		/* false: 1xx and 204 only */
	uint64_t content_length;
	bool     keep_alive;		/* false adds "Connection: close" */
};

/*
 * Appends a response head, ended by the empty line.  ST_OK; ST_NO_SPACE; or
 * ST_INVALID where a header holds a control character or `code` is unknown.
 */
MUST_CHECK enum status
http_head_write(const struct http_response *response, struct buf *out);

#endif
