#include "courier/http_call.h"

/* See http_call.h. */
struct http_pool *
http_pool_new(uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, unsigned lanes)
{
	(void)loop;
	(void)resolver;
	(void)to;
	(void)lanes;
	return NULL;
}

/* See http_call.h. */
enum status
http_call_begin(struct http_call *call, struct http_pool *pool,
    const struct http_out *out, uint64_t now_s)
{
	(void)call;
	(void)pool;
	(void)out;
	(void)now_s;
	return ST_BUSY;
}

/* See http_call.h. */
void
http_call_body(struct http_call *call, struct span bytes)
{
	(void)call;
	(void)bytes;
}

/* See http_call.h. */
void
http_call_abort(struct http_call *call)
{
	(void)call;
}
