/*
 * http_answer.h -- response heads in (RFC 9110, RFC 9112), over
 * picohttpparser; the body is content_length bytes, chunks (http_body.h), or
 * what comes until the end of the connection.
 *
 * Pure.  Whatever two readers could understand in two ways is refused.
 */
#ifndef WIRE_HTTP_ANSWER_H
#define WIRE_HTTP_ANSWER_H

#include "base/span.h"

enum { HTTP_ANSWER_HEAD_MAX = 16384, HTTP_ANSWER_HEADERS_MAX = 64 };

enum http_answer_body {
	HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED, HTTP_BODY_TO_END
};

/* Spans borrow from the bytes that were read; absent: len 0. */
struct http_answer {
	unsigned    status;		/* 100 to 599 */
	enum http_answer_body body;
	uint64_t    content_length;
	bool        keep_alive;
	struct span content_type, etag, date, location, retry_after;
	struct span subject_token;	/* X-Subject-Token (Keystone) */
	struct span auth_token;		/* X-Auth-Token */
	struct span storage_url;	/* X-Storage-Url (Swift v1) */
	struct span storage_token;	/* X-Storage-Token */
	struct span delete_at;		/* X-Delete-At */
	struct span cache_control, allow_origin, expose_headers;
	struct span container_read;	/* X-Container-Read */
	struct span versions;		/* X-Versions-Location, -Enabled */
	struct span checksum_sha256;	/* x-amz-checksum-sha256, base64 */
	struct span version_id;		/* x-amz-version-id */
};

/*
 * Reads one response head from the start of `in`; `is_head`: of a HEAD.
 *
 *   ST_OK           `answer` and `head_bytes` are set; 1xx come alone, with
 *                   another head behind them
 *   ST_MORE         call again with more bytes
 *   ST_TOO_BIG      longer than HTTP_ANSWER_HEAD_MAX, or more headers
 *   ST_MALFORMED    not HTTP/1.x, or ambiguous
 *   ST_UNSUPPORTED  a transfer coding that is not chunked alone
 */
MUST_CHECK enum status
http_answer_parse(struct span in, bool is_head, struct http_answer *answer,
    size_t *head_bytes);

/* An IMF-fixdate (RFC 9110 section 5.6.7), as UTC epoch seconds; ST_OK or
 * ST_MALFORMED. */
MUST_CHECK enum status http_date(struct span text, uint64_t *at_s);

/* Retry-After: seconds, or a date seen from `now_s`; 0 where there is none
 * or it is neither; at most a day. */
uint64_t http_retry_after(const struct http_answer *answer, uint64_t now_s);

#endif
