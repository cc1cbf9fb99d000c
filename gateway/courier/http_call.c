#include "courier/http_call.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "courier/http_lane.h"

/* --- time -------------------------------------------------------------------- */

static uint64_t
ms_left(const struct http_lane *l, uint64_t most)
{
	uint64_t now = uv_now(l->pool->loop);
	uint64_t left = l->until_ms > now ? l->until_ms - now : 1;

	return left < most ? left : most;
}

/* For what is read next, or written: `bytes` of it. */
static void
await(struct http_lane *l, enum lane_state state, uint64_t bytes)
{
	l->state = state;
	l->link.conn.idle_ms = ms_left(l, HTTP_CALL_IDLE_MS +
	    bytes / HTTP_CALL_SLOW_BYTES_PER_MS);
}

static void
wake_after(struct http_lane *l, enum lane_state state, uint64_t ms)
{
	l->state = state;
	uv_timer_start(&l->timer, http_lane_on_timer, ms, 0);
}

/* --- the end of an exchange -------------------------------------------------- */

/* What may hold a token, a password or a patient's number (a log-in, an SMS)
 * is not left lying about. */
static void
forget(struct buf *b)
{
	wipe(b->ptr, b->len);
	b->len = 0;
}

static void
forget_answer(struct http_lane *l)
{
	forget(&l->in);
	forget(&l->kept);
}

static void
close_lane(struct http_lane *l)
{
	uv_timer_stop(&l->timer);
	l->state = LANE_CLOSING;
	link_close(&l->link);
	forget(&l->part);
}

/* The lane may have another call when on_end returns: it is done with first,
 * but for the bytes that the owner still reads. */
static void
end_call(struct http_lane *l, const char *failure)
{
	struct http_call *call = l->call;

	l->call = NULL;
	call->lane = NULL;
	forget(&l->head);
	if (failure != NULL)
		call->on_end(call->owner, NULL, (struct span){ 0 }, failure);
	else
		call->on_end(call->owner, &l->answer, buf_span(&l->kept), NULL);
	if (l->call == NULL)
		forget_answer(l);
}

static void
fail(struct http_lane *l, const char *words)
{
	snprintf(l->error, sizeof(l->error), "%s", words);
	close_lane(l);
	end_call(l, l->error);
}

static void
fail_at_host(struct http_lane *l, const char *words)
{
	char text[sizeof(l->error)];

	snprintf(text, sizeof(text), "%.60s: %s", l->pool->to->host, words);
	fail(l, text);
}

/* The connection failed, or ended before it should. */
static void
break_off(struct http_lane *l, enum conn_event ev)
{
	if (ev == CONN_TIMEOUT)
		fail_at_host(l, "no answer in time");
	else if (l->was_kept && !l->has_bytes)
		close_lane(l);	/* and once more, on a new connection */
	else if (ev == CONN_EOF)
		fail_at_host(l, "the connection ended before its answer");
	else
		fail(l, link_error(&l->link));
}

static void
finish(struct http_lane *l, bool is_clean)
{
	bool is_sent = l->sent == l->body_bytes;

	if (l->answer.body != HTTP_BODY_NONE)
		l->answer.content_length = l->body_seen;
	sha256_finish(&l->body_hash, l->call->body_sha256);
	if (is_clean && is_sent && l->answer.keep_alive && !l->is_post)
		wake_after(l, LANE_KEPT, LANE_KEPT_MS);
	else
		close_lane(l);
	end_call(l, NULL);
}

/* --- the answer -------------------------------------------------------------- */

/* Bytes of the body: the first HTTP_CALL_BODY_MAX are kept.  The part's
 * buffer is free by now and takes what one read can bring. */
static void
take_body(struct http_lane *l, struct span in)
{
	struct buf scratch = buf_over(l->part_storage,
	    sizeof(l->part_storage));
	enum status st = http_body_push(&l->body, &in, &scratch);
	struct span fits = span_slice(buf_span(&scratch), 0,
	    l->kept.max - l->kept.len);

	l->body_seen += scratch.len;
	sha256_add(&l->body_hash, buf_span(&scratch));
	if (buf_append_span(&l->kept, fits) != ST_OK)
		unexpected("room for a body", (int)fits.len);
	forget(&scratch);
	if (st == ST_OK) {
		finish(l, in.len == 0);
	} else if (st == ST_MORE) {
		await(l, LANE_READING, 0);
		conn_read(&l->link.conn);
	} else {
		fail_at_host(l, "the body of the answer breaks HTTP");
	}
}

static void
begin_body(struct http_lane *l, struct span rest)
{
	struct http_request as = {
	    .chunked = l->answer.body == HTTP_BODY_CHUNKED,
	    .content_length = l->answer.body == HTTP_BODY_LENGTH ?
		l->answer.content_length : UINT64_MAX };

	l->has_head = true;
	l->body_seen = 0;
	sha256_start(&l->body_hash);
	if (l->answer.body == HTTP_BODY_NONE) {
		finish(l, rest.len == 0);
		return;
	}
	http_body_start(&l->body, &as);
	take_body(l, rest);
}

/* What came in front of the answer: "100 Continue", "102 Processing". */
static enum status
pass_interim(struct http_lane *l, size_t head_bytes)
{
	/* 101 would be another protocol from here on. */
	if (l->answer.status == 101 || ++l->n_interim > LANE_INTERIM_MAX)
		return ST_MALFORMED;
	l->in.len -= head_bytes;
	memmove(l->in.ptr, l->in.ptr + head_bytes, l->in.len);
	return ST_MORE;
}

/* ST_OK: there is a head, and `head_bytes` of l->in are it. */
static enum status
read_head(struct http_lane *l, size_t *head_bytes)
{
	enum status st = ST_MORE;

	while (l->in.len > 0) {
		st = http_answer_parse(buf_span(&l->in), l->is_head,
		    &l->answer, head_bytes);
		if (st == ST_OK && l->answer.status < 200)
			st = pass_interim(l, *head_bytes);
		else
			break;
		if (st != ST_MORE)
			break;
	}
	return st;
}

static const char *
head_words(enum status st)
{
	if (st == ST_TOO_BIG)
		return "the head of the answer is too long";
	return st == ST_UNSUPPORTED ? "a transfer coding that is not known"
	    : "the answer is not HTTP";
}

static void continue_sending(struct http_lane *l);

static void
take_head(struct http_lane *l, struct span bytes)
{
	size_t head_bytes = 0;
	enum status st;

	if (buf_append_span(&l->in, bytes) != ST_OK) {
		fail_at_host(l, head_words(ST_TOO_BIG));
		return;
	}
	st = read_head(l, &head_bytes);
	if (st == ST_OK) {
		/* The body's first bytes may stand behind the head. */
		begin_body(l, span_slice(buf_span(&l->in), head_bytes,
		    l->in.len));
	} else if (st != ST_MORE) {
		fail_at_host(l, head_words(st));
	} else if (l->in.len == 0 && l->sent < l->body_bytes) {
		continue_sending(l);
	} else {
		await(l, LANE_READING, 0);
		conn_read(&l->link.conn);
	}
}

static bool
is_late(const struct http_lane *l)
{
	return uv_now(l->pool->loop) >= l->until_ms;
}

/* Bytes that never stop let no timer of the connection fire. */
static void
take_bytes(struct http_lane *l)
{
	l->has_bytes = true;
	if (is_late(l))
		fail_at_host(l, "no answer in time");
	else if (l->has_head)
		take_body(l, conn_bytes(&l->link.conn));
	else
		take_head(l, conn_bytes(&l->link.conn));
}

/* The end of the connection ends a body that has no length. */
static void
take_end(struct http_lane *l)
{
	if (l->has_head && l->answer.body == HTTP_BODY_TO_END)
		finish(l, false);
	else
		break_off(l, CONN_EOF);
}

/* --- the request ------------------------------------------------------------- */

static void
continue_sending(struct http_lane *l)
{
	wake_after(l, LANE_ASKING, ms_left(l, HTTP_CALL_IDLE_MS));
	l->call->on_want(l->call->owner, l->sent);
}

/* The head goes together with the body's first part. */
static void
start(struct http_lane *l)
{
	l->sent = 0;
	l->has_bytes = l->has_head = false;
	l->n_interim = 0;
	forget_answer(l);
	if (l->body_bytes > 0) {
		continue_sending(l);
		return;
	}
	await(l, LANE_SENDING, 0);
	conn_write(&l->link.conn, buf_span(&l->head));
}

static void
open_lane(struct http_lane *l)
{
	l->was_kept = false;
	l->link.conn.idle_ms = ms_left(l, HTTP_CALL_IDLE_MS);
	l->state = LANE_OPENING;
	link_open(&l->link, l->pool->loop, l->pool->resolver, l->pool->to,
	    false, l->now_s);
}

static void
on_sent(struct http_lane *l)
{
	l->sent += l->part.len;
	forget(&l->part);
	if (l->sent == l->body_bytes) {
		await(l, LANE_READING, l->sent < HTTP_CALL_KERNEL_MAX ?
		    l->sent : HTTP_CALL_KERNEL_MAX);
	} else {
		l->state = LANE_PEEKING;
		l->link.conn.idle_ms = LANE_PEEK_MS;
	}
	conn_read(&l->link.conn);
}

/* --- states ------------------------------------------------------------------ */

static void
in_opening(struct http_lane *l, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		start(l);
	else
		fail(l, link_error(&l->link));
}

static void
in_sending(struct http_lane *l, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		on_sent(l);
	else
		break_off(l, ev);
}

static void
in_peeking(struct http_lane *l, enum conn_event ev)
{
	if (ev == CONN_TIMEOUT)
		continue_sending(l);
	else if (ev == CONN_BYTES)
		take_bytes(l);
	else
		break_off(l, ev);
}

static void
in_reading(struct http_lane *l, enum conn_event ev)
{
	if (ev == CONN_BYTES)
		take_bytes(l);
	else if (ev == CONN_EOF)
		take_end(l);
	else
		break_off(l, ev);
}

static void
in_closing(struct http_lane *l, enum conn_event ev)
{
	if (ev != CONN_CLOSED)
		unexpected("a connection's event after its end", (int)ev);
	if (l->call != NULL)
		open_lane(l);
	else
		l->state = LANE_FREE;
}

static void
in_silence(struct http_lane *l, enum conn_event ev)
{
	(void)l;
	unexpected("a connection's event that nobody asked for", (int)ev);
}

/* See http_lane.h. */
void
http_lane_on_event(void *owner, enum conn_event ev)
{
	static void (*const in[])(struct http_lane *, enum conn_event) = {
		[LANE_FREE]     = in_silence,
		[LANE_OPENING]  = in_opening,
		[LANE_STARTING] = in_silence,
		[LANE_ASKING]   = in_silence,
		[LANE_SENDING]  = in_sending,
		[LANE_PEEKING]  = in_peeking,
		[LANE_READING]  = in_reading,
		[LANE_KEPT]     = in_silence,
		[LANE_CLOSING]  = in_closing,
	};
	struct http_lane *l = owner;

	in[l->state](l, ev);
}

/* See http_lane.h. */
void
http_lane_on_timer(uv_timer_t *timer)
{
	struct http_lane *l = timer->data;

	if (l->state == LANE_STARTING)
		start(l);
	else if (l->state == LANE_KEPT)
		close_lane(l);
	else if (l->state == LANE_ASKING)
		fail(l, "the body did not come in time");
}

/* --- see http_call.h --------------------------------------------------------- */

static void
take_request(struct http_lane *l, const struct http_out *out, uint64_t now_s)
{
	l->until_ms = uv_now(l->pool->loop) + HTTP_CALL_TOTAL_MS +
	    out->body_bytes / HTTP_CALL_SLOW_BYTES_PER_MS;
	l->now_s = now_s;
	l->body_bytes = out->body_bytes;
	l->is_head = strcmp(out->method, "HEAD") == 0;
	l->is_post = strcmp(out->method, "POST") == 0;
}

/* See http_call.h. */
enum status
http_call_begin(struct http_call *call, struct http_pool *pool,
    const struct http_out *out, uint64_t now_s)
{
	struct http_lane *l = http_pool_pick(pool);
	enum status st;

	if (l == NULL)
		return ST_BUSY;
	take_request(l, out, now_s);
	st = http_head_out(out, pool->to, l->is_post, &l->head);
	if (st != ST_OK) {
		forget(&l->head);
		return st == ST_NO_SPACE ? ST_TOO_BIG : st;
	}
	l->call = call;
	call->lane = l;
	l->was_kept = l->state == LANE_KEPT;
	if (l->state == LANE_FREE)
		open_lane(l);
	else if (l->state == LANE_KEPT && l->is_post)
		close_lane(l);
	else if (l->state == LANE_KEPT)
		wake_after(l, LANE_STARTING, 0);
	return ST_OK;
}

/* See http_call.h. */
void
http_call_body(struct http_call *call, struct span bytes)
{
	struct http_lane *l = call->lane;
	bool is_first = l->sent == 0;

	if (l->state != LANE_ASKING || bytes.len == 0 ||
	    bytes.len > l->body_bytes - l->sent ||
	    buf_append_span(&l->part, bytes) != ST_OK)
		unexpected("a body that nobody asked for", (int)bytes.len);
	uv_timer_stop(&l->timer);
	await(l, LANE_SENDING, bytes.len);
	if (is_first)
		conn_write_two(&l->link.conn, buf_span(&l->head),
		    buf_span(&l->part));
	else
		conn_write(&l->link.conn, buf_span(&l->part));
}

/* See http_call.h. */
void
http_call_abort(struct http_call *call)
{
	struct http_lane *l = call->lane;

	if (l == NULL)
		return;
	l->call = NULL;
	call->lane = NULL;
	forget(&l->head);
	if (l->state != LANE_CLOSING)
		close_lane(l);
	forget_answer(l);
}
