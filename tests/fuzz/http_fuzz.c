/* A request head: what is accepted is told back unchanged and within the
 * head, and one byte less of it is never a whole head. */
#include "wire/http.h"

#include <stdlib.h>

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	struct http_request r = { 0 };
	uint8_t value[64];
	struct buf out = buf_over(value, sizeof(value));
	size_t used = 0;

	(void)!http_query_value(in, "recipient", &out);
	if (http_parse(in, &r, &used) != ST_OK)
		return 0;
	if (used == 0 || used > len || used > HTTP_HEAD_MAX)
		abort();
	in.len = used;
	check_inside(r.path, in);
	check_inside(r.query, in);
	check_inside(r.host, in);
	check_inside(r.authorization, in);
	check_inside(http_bearer(&r), in);
	check_inside(r.accept_language, in);
	check_inside(r.content_type, in);
	check_inside(r.origin, in);
	if (r.path.len == 0 || r.path.ptr[0] != '/' ||
	    http_parse(span_slice(in, 0, used - 1), &r, &used) != ST_MORE)
		abort();
	return 0;
}
