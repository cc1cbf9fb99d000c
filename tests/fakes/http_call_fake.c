#include "http_call_fake.h"

#include <stdio.h>
#include <stdlib.h>

struct http_fake http_fake;

/* See http_call_fake.h. */
void
http_fake_reset(void)
{
	memset(&http_fake, 0, sizeof(http_fake));
}

struct http_pool *
http_pool_new(uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, unsigned lanes)
{
	struct http_pool *p = &http_fake.pool[http_fake.n_pools++];

	(void)loop;
	(void)resolver;
	if (http_fake.n_pools > COUNT(http_fake.pool))
		abort();		/* the test itself is wrong */
	p->to = to;
	p->lanes = lanes;
	return p;
}

enum status
http_call_begin(struct http_call *call, struct http_pool *pool,
    const struct http_out *out, uint64_t now_s)
{
	struct http_fake_call *f = &http_fake.begun[http_fake.n_begun];

	if (pool->busy == pool->lanes)
		return ST_BUSY;
	if (++http_fake.n_begun > HTTP_FAKE_CALLS)
		abort();
	pool->busy++;
	f->call = call;
	f->pool = pool;
	f->body_bytes = out->body_bytes;
	f->now_s = now_s;
	snprintf(f->text, sizeof(f->text), "%s %.*s\n%.*s", out->method,
	    (int)out->target.len, (const char *)out->target.ptr,
	    (int)out->headers.len, (const char *)out->headers.ptr);
	return ST_OK;
}

void
http_call_body(struct http_call *call, struct span bytes)
{
	(void)call;
	http_fake.body_len = bytes.len;
}

void
http_call_abort(struct http_call *call)
{
	for (unsigned i = 0; i < http_fake.n_begun; i++) {
		if (http_fake.begun[i].call != call)
			continue;
		http_fake.begun[i].call = NULL;
		http_fake.begun[i].pool->busy--;
		http_fake.aborted++;
	}
}

static struct http_call *
take(unsigned i)
{
	struct http_call *call = http_fake.begun[i].call;

	if (i >= http_fake.n_begun || call == NULL)
		abort();
	http_fake.begun[i].call = NULL;
	http_fake.begun[i].pool->busy--;
	return call;
}

/* See http_call_fake.h. */
void
http_fake_answer(unsigned i, const struct http_answer *answer,
    const char *body)
{
	struct http_call *call = take(i);

	call->on_end(call->owner, answer, span_of(body), NULL);
}

/* See http_call_fake.h. */
void
http_fake_fail(unsigned i, const char *words)
{
	struct http_call *call = take(i);

	call->on_end(call->owner, NULL, (struct span){ 0 }, words);
}
