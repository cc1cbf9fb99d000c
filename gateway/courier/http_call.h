/*
 * http_call.h -- one HTTPS request and its answer (RFC 9110, RFC 9112), over
 * a link that may serve several in a row.
 *
 * The answer's body is kept whole up to HTTP_CALL_BODY_MAX; what is longer is
 * counted (answer->content_length) and hashed, not kept.  An answer that is not whole,
 * not HTTP, or both chunked and counted is a failure, whatever its status
 * says.
 * Host is `host`, or `host:port` where the port is not 443.
 * Never: follows a redirection, sends a header the caller did not name except
 * Host, User-Agent, Connection and Content-Length.
 */
#ifndef COURIER_HTTP_CALL_H
#define COURIER_HTTP_CALL_H

#include "courier/link.h"
#include "wire/http.h"
#include "wire/http_answer.h"

enum {
	HTTP_CALL_BODY_MAX = 64 * 1024,
	HTTP_CALL_PART_MAX = 128 * 1024,	/* of a request's body */
	HTTP_CALL_HEAD_MAX = 8192,	/* of a request, tokens and all */
	HTTP_CALL_IDLE_MS = 30000,	/* between two events */
	HTTP_CALL_TOTAL_MS = 600000,	/* for the whole exchange */
	/* What a branch's line carries upwards at the very least, for each
	 * of eight requests at a time: both of the above are longer by that. */
	HTTP_CALL_SLOW_BYTES_PER_MS = 4,
	/* Of a body, so much may still be the kernel's when all is written. */
	HTTP_CALL_KERNEL_MAX = 1024 * 1024
};

/* What to send; buffers and strings are borrowed until the call begins. */
struct http_out {
	const char *method;		/* "PUT" */
	struct buf  target;		/* "/path?query", as it goes out */
	uint64_t    body_bytes;		/* Content-Length; 0: none, unless ... */
	bool        has_body;		/* ... this is set */
	struct buf  headers;		/* "Name: value\r\n" ..., no end */
};

/* Embed; memory is the owner's again at on_end. */
struct http_call {
	/* The owner sets these. */
	void *owner;
	/* Send more of the body: http_call_body(), now or later.  Not for
	 * empty bodies.  `offset` is 0 again where it is begun anew. */
	void (*on_want)(void *owner, uint64_t offset);
	/* The answer is whole, or never will be: `failure` is NULL, or our own
	 * words; then `answer` is not set.  answer->body and its spans are
	 * valid during the call. */
	void (*on_end)(void *owner, const struct http_answer *answer,
	    struct span body, const char *failure);
	/* At on_end, of an answer: of its whole body, kept or not. */
	uint8_t body_sha256[32];
	/* ---- private to http_call.c and its pool */
	struct http_lane *lane;
};

struct http_pool;

/* `lanes` connections at most, all to `to`; those that idle are kept for
 * 20 s.  Dies without memory. */
struct http_pool *http_pool_new(uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, unsigned lanes);

/*
 * Begins; copies what `out` says.  ST_OK, ST_BUSY no lane is free, ST_TOO_BIG
 * the head does not fit, ST_INVALID it could be read as another one.
 *
 * A kept connection that the host closed before it answered anything is tried
 * once more on a new one.  A POST, which may not be done twice (RFC 9110
 * section 9.2.2), has a connection of its own.
 */
MUST_CHECK enum status
http_call_begin(struct http_call *call, struct http_pool *pool,
    const struct http_out *out, uint64_t now_s);

/* The bytes of the body that on_want() asked for, at most
 * HTTP_CALL_PART_MAX; copied. */
void http_call_body(struct http_call *call, struct span bytes);

/* Ends it without an answer; on_end is not called any more. */
void http_call_abort(struct http_call *call);

#endif
