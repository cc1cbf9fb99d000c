#include "intake/https_exchange.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "input/fhir_answer.h"

static void on_conn_event(void *owner, enum conn_event ev);
static enum https_state go_on(struct https_exchange *x);

static uint64_t
now_ms(const struct https_exchange *x)
{
	return uv_now(x->conn.timer.loop);
}

/* --- memory that holds plaintext ------------------------------------------- */

/* See https_exchange.h. */
void
https_exchange_forget(struct https_exchange *x)
{
	region_clear(&x->region, x->received.len);
	x->received.len = 0;
	budget_keep(x->limits->receiving, &x->ticket, 0);
}

static enum https_state
close_it(struct https_exchange *x)
{
	https_exchange_forget(x);
	budget_leave(x->limits->receiving, &x->ticket);	/* may have waited */
	wipe(x->head, sizeof(x->head));
	x->head_len = 0;
	conn_close(&x->conn);
	return HTTPS_CLOSING;
}

/* --- answering ------------------------------------------------------------- */

struct answer_head {
	unsigned code;
	struct span location;	/* below [base]; empty: none */
	const char *allow;	/* NULL: none */
};

static size_t
headers_of(const struct answer_head *a, struct span location, char retry[16],
    struct http_header out[static 6])
{
	size_t n = 0;

	out[n++] = (struct http_header){ "Content-Type",
	    span_of("application/fhir+json; charset=utf-8") };
	out[n++] = (struct http_header){ "Cache-Control", span_of("no-store") };
	out[n++] = (struct http_header){ "X-Content-Type-Options",
	    span_of("nosniff") };
	if (location.len > 0)
		out[n++] = (struct http_header){ "Location", location };
	if (a->allow != NULL)
		out[n++] = (struct http_header){ "Allow", span_of(a->allow) };
	if (a->code == 503) {
		snprintf(retry, 16, "%d", (int)HTTPS_RETRY_S);
		out[n++] = (struct http_header){ "Retry-After",
		    span_of(retry) };
	}
	return n;
}

/* The whole response into x->out; `body` may not lie in there. */
static void
compose(struct https_exchange *x, const struct answer_head *a,
    struct span body)
{
	struct buf out = buf_over(x->out, sizeof(x->out));
	struct http_header headers[6];
	char retry[16], path[64];
	struct span location = { 0 };
	struct http_response r = { .code = a->code, .headers = headers,
	    .has_length = true, .content_length = body.len,
	    .keep_alive = !x->is_last };

	if (a->location.len > 0) {
		snprintf(path, sizeof(path), "/fhir/%.*s",
		    (int)a->location.len, (const char *)a->location.ptr);
		location = span_of(path);
	}
	r.n_headers = headers_of(a, location, retry, headers);
	if (x->request.method == HTTP_HEAD)
		body.len = 0;	/* its length is told, no more */
	if (http_head_write(&r, &out) != ST_OK ||
	    buf_append_span(&out, body) != ST_OK)
		unexpected("HTTPS answer", (int)a->code);
	x->out_len = out.len;
}

static enum https_state
reply(struct https_exchange *x)
{
	x->began_ms = 0;
	pace_end(&x->pace);
	x->conn.idle_ms = x->limits->idle_ms;
	conn_write(&x->conn, (struct span){ x->out, x->out_len });
	return HTTPS_REPLYING;
}

static void
compose_refusal(struct https_exchange *x, const struct https_refusal *r)
{
	uint8_t text[1024];
	struct buf body = buf_over(text, sizeof(text));
	struct answer_head head = { .code = r->http, .allow = r->allow };

	if (fhir_outcome_write(r->code, r->text, (struct span){ 0 }, &body) !=
	    ST_OK)
		unexpected("OperationOutcome", (int)r->http);
	compose(x, &head, buf_span(&body));
}

/* What follows of the request is not read: it ends the connection, unless
 * nothing follows. */
static enum https_state
refuse(struct https_exchange *x, const struct https_refusal *r, bool is_last)
{
	x->is_last = x->is_last || is_last;
	https_exchange_forget(x);
	compose_refusal(x, r);
	return reply(x);
}

static enum https_state
refuse_code(struct https_exchange *x, unsigned http)
{
	static const struct https_refusal row[] = {
		{ 400, "structure", "not a request of HTTP/1.1", NULL },
		{ 403, "forbidden", "no source has this certificate", NULL },
		{ 408, "timeout", "the request came too slowly", NULL },
		{ 413, "too-long", "the body is longer than mllp.frame_max",
		    NULL },
		{ 431, "too-long", "the head of the request is too long",
		    NULL },
		{ 501, "not-supported", "no such transfer encoding", NULL },
		{ 503, "transient", "not now, send it again", NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (row[i].http == http)
			return refuse(x, &row[i], true);
	unexpected("HTTP code", (int)http);
}

/* --- reading --------------------------------------------------------------- */

static enum https_state
read_more(struct https_exchange *x, enum https_state state)
{
	x->conn.idle_ms = x->limits->idle_ms;
	if (!x->is_admitted)
		x->conn.idle_ms = HTTPS_HANDSHAKE_MS;
	else if (state == HTTPS_HEAD && x->began_ms != 0)
		x->conn.idle_ms = HTTPS_HEAD_MS;
	conn_read(&x->conn);
	return state;
}

static bool
is_too_slow(struct https_exchange *x)
{
	if (x->state == HTTPS_HEAD)
		return now_ms(x) - x->began_ms > HTTPS_HEAD_MS;
	return pace_is_slow(&x->pace, now_ms(x), x->limits->idle_ms,
	    x->received.len);
}

static enum https_state
metadata(struct https_exchange *x)
{
	uint8_t text[2048];
	struct buf body = buf_over(text, sizeof(text));
	struct answer_head head = { .code = 200 };

	if (fhir_capability_write(&body) != ST_OK)
		unexpected("CapabilityStatement", 0);
	compose(x, &head, buf_span(&body));
	return reply(x);
}

/* The body is whole. */
static enum https_state
store(struct https_exchange *x)
{
	struct https_refusal refusal;
	struct input input;

	if (x->route.is_metadata)
		return metadata(x);
	if (https_route_input(&x->route, buf_span(&x->received), &input,
	    &x->piece, &refusal) != ST_OK)
		return refuse(x, &refusal, false);
	https_store(x, &input);
	return HTTPS_STORING;
}

static enum https_state
push_body(struct https_exchange *x)
{
	enum status st = http_body_push(&x->body, &x->unread, &x->received);

	if (st == ST_OK)
		return store(x);
	if (st == ST_TOO_BIG)
		return refuse_code(x, 413);
	if (st != ST_MORE)
		return refuse_code(x, 400);
	budget_keep(x->limits->receiving, &x->ticket, x->received.len);
	if (is_too_slow(x))
		return refuse_code(x, 408);
	return read_more(x, HTTPS_BODY);
}

/* Within the budget. */
static enum https_state
take_body(struct https_exchange *x)
{
	x->state = HTTPS_BODY;
	if (x->unread.len > 0 && !budget_take(x->limits->receiving,
	    &x->ticket, x->unread.len))
		return HTTPS_WAITING;
	return push_body(x);
}

/* The head is whole. */
static enum https_state
begin_body(struct https_exchange *x)
{
	const struct http_request *r = &x->request;

	https_route_find(r, x->limits->body_bytes_max, &x->route);
	x->is_last = x->is_last || !r->keep_alive;
	if (x->route.refusal.http != 0)
		return refuse(x, &x->route.refusal,
		    r->content_length > 0 || r->chunked);
	http_body_start(&x->body, r);
	pace_start(&x->pace, now_ms(x), x->limits->idle_ms);
	if (!r->expect_continue || x->body.at == HTTP_AT_END ||
	    x->unread.len > 0)
		return take_body(x);
	x->conn.idle_ms = x->limits->idle_ms;
	conn_write(&x->conn, span_of("HTTP/1.1 100 Continue\r\n\r\n"));
	return HTTPS_CONTINUE;
}

static enum https_state
take_head(struct https_exchange *x)
{
	size_t room = sizeof(x->head) - x->head_len, used, old = x->head_len;
	struct span more = span_slice(x->unread, 0, room);

	memcpy(x->head + old, more.ptr, more.len);
	x->head_len += more.len;
	switch (http_parse_chunked((struct span){ x->head, x->head_len },
	    &x->request, &used)) {
	case ST_OK:
		x->unread = span_slice(x->unread, used - old, x->unread.len);
		x->head_len = used;
		return begin_body(x);
	case ST_MORE:
		x->unread.len = 0;
		return is_too_slow(x) ? close_it(x) : read_more(x, HTTPS_HEAD);
	case ST_TOO_BIG:
		return refuse_code(x, 431);
	case ST_UNSUPPORTED:
		return refuse_code(x, 501);
	default:
		return refuse_code(x, 400);
	}
}

/* With what is here: the next request, or the rest of this one. */
static enum https_state
go_on(struct https_exchange *x)
{
	unsigned refused;

	if (!x->is_admitted) {
		refused = https_admit(x);
		if (refused != 0)
			return refuse_code(x, refused);
		x->is_admitted = true;
	}
	if (x->began_ms == 0)
		x->began_ms = now_ms(x) == 0 ? 1 : now_ms(x);
	return x->state == HTTPS_HEAD ? take_head(x) : take_body(x);
}

static enum https_state
next_request(struct https_exchange *x)
{
	wipe(x->head, x->head_len);
	x->head_len = 0;
	x->request = (struct http_request){ 0 };
	x->route = (struct https_route){ .kind = NULL };
	x->state = HTTPS_HEAD;
	x->idle_since_ms = now_ms(x);
	return x->unread.len > 0 ? go_on(x) : read_more(x, HTTPS_HEAD);
}

/* --- one function per state ------------------------------------------------ */

static enum https_state
in_reading(struct https_exchange *x, enum https_event ev)
{
	switch (ev) {
	case HTTPS_EV_BYTES:
		x->unread = conn_bytes(&x->conn);
		return go_on(x);
	case HTTPS_EV_FAILED:
		https_lost(x);
		return close_it(x);
	case HTTPS_EV_EOF:
	case HTTPS_EV_TIMEOUT:
	case HTTPS_EV_STOP:
		return close_it(x);
	default:
		unexpected("HTTPS event while reading", (int)ev);
	}
}

static enum https_state
in_continue(struct https_exchange *x, enum https_event ev)
{
	if (ev != HTTPS_EV_WRITTEN)
		return close_it(x);
	return read_more(x, HTTPS_BODY);
}

static enum https_state
in_waiting(struct https_exchange *x, enum https_event ev)
{
	if (ev == HTTPS_EV_STOP)
		return close_it(x);
	if (ev != HTTPS_EV_ROOM)
		unexpected("HTTPS event while waiting", (int)ev);
	x->state = HTTPS_BODY;
	/* That it had to wait is not its fault. */
	pace_start(&x->pace, now_ms(x), x->limits->idle_ms);
	return push_body(x);
}

static enum https_state
in_storing(struct https_exchange *x, enum https_event ev)
{
	switch (ev) {
	case HTTPS_EV_ANSWER:
		return reply(x);
	case HTTPS_EV_STOP:
		x->is_last = true;
		return HTTPS_STORING;
	default:
		unexpected("HTTPS event while storing", (int)ev);
	}
}

static enum https_state
in_replying(struct https_exchange *x, enum https_event ev)
{
	switch (ev) {
	case HTTPS_EV_WRITTEN:
		if (!x->is_last)
			return next_request(x);
		x->conn.idle_ms = HTTPS_LINGER_MS;
		x->lingers_until_ms = now_ms(x) + HTTPS_LINGER_MAX_MS;
		conn_shut(&x->conn);
		return HTTPS_SHUTTING;
	case HTTPS_EV_STOP:
		x->is_last = true;
		return HTTPS_REPLYING;
	default:
		return close_it(x);
	}
}

static enum https_state
in_lingering(struct https_exchange *x, enum https_event ev)
{
	if ((ev != HTTPS_EV_BYTES && ev != HTTPS_EV_WRITTEN) ||
	    now_ms(x) >= x->lingers_until_ms)
		return close_it(x);
	conn_read(&x->conn);
	return HTTPS_LINGERING;
}

static enum https_state
in_closing(struct https_exchange *x, enum https_event ev)
{
	(void)x;
	return ev == HTTPS_EV_CLOSED ? HTTPS_DONE : HTTPS_CLOSING;
}

static enum https_state
in_done(struct https_exchange *x, enum https_event ev)
{
	(void)x;
	unexpected("HTTPS event without a connection", (int)ev);
}

/* The whole machine: every transition passes through here. */
static void
step(struct https_exchange *x, enum https_event ev)
{
	static enum https_state (*const in[HTTPS_STATES])(
	    struct https_exchange *, enum https_event) = {
		[HTTPS_HEAD]      = in_reading,
		[HTTPS_CONTINUE]  = in_continue,
		[HTTPS_BODY]      = in_reading,
		[HTTPS_WAITING]   = in_waiting,
		[HTTPS_STORING]   = in_storing,
		[HTTPS_REPLYING]  = in_replying,
		[HTTPS_SHUTTING]  = in_lingering,
		[HTTPS_LINGERING] = in_lingering,
		[HTTPS_CLOSING]   = in_closing,
		[HTTPS_DONE]      = in_done,
	};

	/* An answer from inside https_store() has its turn when the state
	 * that asked for it is reached. */
	if (x->is_stepping) {
		x->later = ev;
		x->has_later = true;
		return;
	}
	x->is_stepping = true;
	x->state = in[x->state](x, ev);
	while (x->has_later) {
		x->has_later = false;
		x->state = in[x->state](x, x->later);
	}
	x->is_stepping = false;
	if (x->state == HTTPS_DONE)
		https_done(x);
}

static void
on_conn_event(void *owner, enum conn_event ev)
{
	static const enum https_event map[] = {
		[CONN_BYTES]   = HTTPS_EV_BYTES,
		[CONN_EOF]     = HTTPS_EV_EOF,
		[CONN_WRITTEN] = HTTPS_EV_WRITTEN,
		[CONN_TIMEOUT] = HTTPS_EV_TIMEOUT,
		[CONN_FAILED]  = HTTPS_EV_FAILED,
		[CONN_CLOSED]  = HTTPS_EV_CLOSED,
	};

	step(owner, map[ev]);
}

/* --- from outside ---------------------------------------------------------- */

/* See https_exchange.h. */
enum status
https_exchange_init(struct https_exchange *x, const struct https_limits *limits)
{
	struct region region = x->region;

	TRY(region_reserve(&region, limits->body_bytes_max));
	memset(x, 0, sizeof(*x));
	x->state = HTTPS_HEAD;
	x->limits = limits;
	x->region = region;
	x->received = buf_over(region.ptr, limits->body_bytes_max);
	x->ticket.owner = x;
	x->conn.on_event = on_conn_event;
	x->conn.owner = x;
	x->conn.idle_ms = HTTPS_HANDSHAKE_MS;
	return ST_OK;
}

/* See https_exchange.h. */
void
https_exchange_start(struct https_exchange *x)
{
	x->idle_since_ms = now_ms(x);
	x->state = read_more(x, HTTPS_HEAD);
}

/* See https_exchange.h. */
bool
https_exchange_is_idle(const struct https_exchange *x)
{
	return x->state == HTTPS_HEAD && x->began_ms == 0;
}

/* See https_exchange.h. */
void
https_exchange_answer(struct https_exchange *x, struct span answer)
{
	struct answer_head head = { 0 };
	struct span body;

	if (fhir_answer_split(answer, &head.code, &head.location, &body) !=
	    ST_OK) {
		https_exchange_no_answer(x);
		return;
	}
	compose(x, &head, body);
	step(x, HTTPS_EV_ANSWER);
}

/* See https_exchange.h. */
void
https_exchange_no_answer(struct https_exchange *x)
{
	static const struct https_refusal busy = { 503, "transient",
	    "not now, send it again", NULL };

	compose_refusal(x, &busy);
	step(x, HTTPS_EV_ANSWER);
}

/* See https_exchange.h. */
void
https_exchange_room(struct https_exchange *x)
{
	step(x, HTTPS_EV_ROOM);
}

/* See https_exchange.h. */
void
https_exchange_stop(struct https_exchange *x)
{
	if (x->state != HTTPS_CLOSING && x->state != HTTPS_DONE)
		step(x, HTTPS_EV_STOP);
}
