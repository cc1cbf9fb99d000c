/*
 * http_lane.h -- what http_call.c and http_pool.c share; for them alone.
 *
 * A lane is a connection to the pool's host, or the place for one, and the
 * exchange that runs on it.
 *
 *                                   +----------------- next part
 *                                   v                      |
 *   FREE -> OPENING -> STARTING -> ASKING -> SENDING -> PEEKING
 *             ^           |         (part)      | last part
 *    on_want and head     | no body             v
 *    begin anew   |       +--------> SENDING -> READING -> KEPT or CLOSING
 *                 |                                |
 *   KEPT ---------+-> STARTING            CLOSING -> FREE, or OPENING once more
 *
 * PEEKING: did the host answer before it has the whole body?  It looks for a
 * moment only, between two parts; an answer that is there is read, and
 * nothing more is sent.
 */
#ifndef COURIER_HTTP_LANE_H
#define COURIER_HTTP_LANE_H

#include "courier/http_call.h"
#include "crypto/digest.h"
#include "wire/http_body.h"

#define LANE_STATE_MAP(X) \
	X(FREE) X(OPENING) X(STARTING) X(ASKING) X(SENDING) X(PEEKING) \
	X(READING) X(KEPT) X(CLOSING)

enum lane_state {
#define X(name) LANE_##name,
	LANE_STATE_MAP(X)
#undef X
};

enum {
	LANE_KEPT_MS = 20000,
	LANE_PEEK_MS = 1,
	LANE_INTERIM_MAX = 16,	/* answers 1xx before the answer */
	LANE_READ_MAX = 16384	/* of one read: a TLS record */
};

struct http_lane {
	struct link link;
	struct http_pool *pool;
	struct http_call *call;		/* NULL: nobody waits */
	enum lane_state state;
	uv_timer_t timer;		/* STARTING, ASKING, KEPT */
	uint64_t until_ms;		/* loop time; of the whole exchange */
	uint64_t now_s;
	/* The request. */
	uint64_t body_bytes, sent;	/* of its body */
	bool     is_head, is_post;
	bool     was_kept;		/* the connection, from a call before */
	bool     has_bytes;		/* any of an answer came */
	/* The answer. */
	struct http_answer answer;
	struct http_body   body;
	bool     has_head;
	unsigned n_interim;
	uint64_t body_seen;
	struct sha256 body_hash;
	struct buf head, part;		/* of the request: SECRET, a part */
	struct buf in, kept;		/* the answer's head: SECRET; its body */
	char     error[128];
	uint8_t  head_storage[HTTP_CALL_HEAD_MAX];
	uint8_t  part_storage[HTTP_CALL_PART_MAX];
	uint8_t  in_storage[HTTP_ANSWER_HEAD_MAX + LANE_READ_MAX];
	uint8_t  kept_storage[HTTP_CALL_BODY_MAX];
};

struct http_pool {
	uv_loop_t *loop;
	struct resolver *resolver;
	const struct endpoint *to;
	unsigned n_lanes;
	struct http_lane *lanes;
};

/* A lane for a new call: KEPT before FREE before one that is CLOSING after
 * another's; NULL: all are at work. */
struct http_lane *http_pool_pick(struct http_pool *pool);

/* Appends the head of a request; `closes`: the connection is for this one
 * alone.  ST_OK; ST_NO_SPACE; ST_INVALID it could be read as another one. */
MUST_CHECK enum status
http_head_out(const struct http_out *out, const struct endpoint *to,
    bool closes, struct buf *head);

/* Its timer, its link's events: http_call.c's. */
void http_lane_on_timer(uv_timer_t *timer);
void http_lane_on_event(void *owner, enum conn_event ev);

#endif
