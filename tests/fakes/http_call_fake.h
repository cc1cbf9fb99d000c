/* http_call_fake.h -- stands in for courier/http_call.c and http_pool.c: sends
 * nothing, keeps what was begun; the answers are the test's. */
#ifndef FAKES_HTTP_CALL_FAKE_H
#define FAKES_HTTP_CALL_FAKE_H

#include "courier/http_call.h"

enum { HTTP_FAKE_CALLS = 64 };

struct http_pool {
	const struct endpoint *to;
	unsigned lanes, busy;
};

/* One call that was begun. */
struct http_fake_call {
	struct http_call *call;		/* NULL: over */
	struct http_pool *pool;
	char text[12000];		/* "METHOD target\n" and the headers */
	uint64_t body_bytes;
	uint64_t now_s;
};

extern struct http_fake {
	struct http_fake_call begun[HTTP_FAKE_CALLS];	/* in order */
	unsigned n_begun, aborted;
	struct http_pool pool[4];
	unsigned n_pools;
	size_t body_len;		/* of the last http_call_body() */
} http_fake;

/* Forgets everything recorded. */
void http_fake_reset(void);

/* Ends the i-th call that was begun. */
void http_fake_answer(unsigned i, const struct http_answer *answer,
    const char *body);
void http_fake_fail(unsigned i, const char *words);

#endif
