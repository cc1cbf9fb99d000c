/* An answer's head: what is accepted is told back unchanged and within the
 * head, one byte less of it is never whole; a body in chunks after it. */
#include "wire/http_answer.h"

#include <stdlib.h>

#include "wire/http_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_inside(struct span s, struct span head)
{
	if (s.len > 0 && (s.ptr < head.ptr ||
	    s.ptr + s.len > head.ptr + head.len))
		abort();
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\r' || s.ptr[i] == '\n' || s.ptr[i] == 0)
			abort();
}

static void
check_fields(const struct http_answer *a, struct span head)
{
	const struct span all[] = { a->content_type, a->etag, a->date,
	    a->location, a->retry_after, a->subject_token, a->auth_token,
	    a->storage_url, a->storage_token, a->delete_at, a->cache_control,
	    a->allow_origin, a->expose_headers, a->container_read,
	    a->versions, a->checksum_sha256 };

	for (size_t i = 0; i < COUNT(all); i++)
		check_inside(all[i], head);
	if (a->status < 100 || a->status > 599 ||
	    http_retry_after(a, 1) > 86400)
		abort();
}

static void
check_body(const struct http_answer *a, struct span in)
{
	static uint8_t storage[4096];
	struct buf out = buf_over(storage, sizeof(storage));
	struct http_request as = { .content_length = a->content_length,
	    .chunked = a->body == HTTP_BODY_CHUNKED };
	struct http_body body;

	http_body_start(&body, &as);
	if (http_body_push(&body, &in, &out) == ST_MORE && in.len > 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	struct http_answer a = { 0 };
	uint64_t at = 0;
	size_t used = 0;

	if (http_date(in, &at) == ST_OK && at > 253402300800)
		abort();
	if (http_answer_parse(in, len % 2 == 0, &a, &used) != ST_OK)
		return 0;
	if (used == 0 || used > len || used > HTTP_ANSWER_HEAD_MAX)
		abort();
	check_fields(&a, span_slice(in, 0, used));
	check_body(&a, span_slice(in, used, len));
	if (http_answer_parse(span_slice(in, 0, used - 1), false, &a,
	    &used) != ST_MORE)
		abort();
	return 0;
}
