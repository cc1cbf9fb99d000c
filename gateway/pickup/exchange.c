#include "pickup/exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "crypto/digest.h"
#include "pickup/headers.h"
#include "pickup/pickup.h"
#include "pickup/stream.h"

/* --- collecting the request --------------------------------------------------- */

static void
reset_request(struct exchange *x)
{
	x->head_bytes = 0;
	x->has_head = x->said_continue = false;
	x->keep_alive = true;
	x->refusal = 0;
	x->found = ST_OK;
	x->request = (struct http_request){ 0 };
	x->match = (struct route_match){ .plane = ROUTE_PAGE };
	x->rows_left = 0;
}

/* See exchange.h. */
void
exchange_begin(struct exchange *x, struct session *s)
{
	x->session = s;
	x->pickup = s->pickup;
	x->is_active = true;
	x->in_len = x->in_high = 0;
	x->question = 0;
	x->watch = NULL;
	reset_request(x);
}

/* See exchange.h. */
void
exchange_take(struct exchange *x, struct span bytes)
{
	size_t room = sizeof(x->in) - x->in_len;

	/* More than the longest request: bytes of a next one, which then
	 * will not be answered. */
	if (bytes.len > room) {
		bytes.len = room;
		x->keep_alive = false;
	}
	memcpy(x->in + x->in_len, bytes.ptr, bytes.len);
	x->in_len += bytes.len;
	if (x->in_len > x->in_high)
		x->in_high = x->in_len;
}

static void
refuse_head(struct exchange *x, unsigned code)
{
	x->refusal = code;
	x->keep_alive = false;
}

static void
parse_head(struct exchange *x)
{
	switch (http_parse((struct span){ x->in, x->in_len }, &x->request,
	    &x->head_bytes)) {
	case ST_MORE:
		return;
	case ST_OK:
		break;
	case ST_TOO_BIG:
		refuse_head(x, 431);
		return;
	case ST_UNSUPPORTED:
		refuse_head(x, 501);
		return;
	default:
		refuse_head(x, 400);
		return;
	}
	x->has_head = true;
	x->keep_alive = x->keep_alive && x->request.keep_alive;
	x->found = routes_find(x->request.method, x->request.path, &x->match);
	if (x->request.content_length > PICKUP_BODY_MAX)
		refuse_head(x, 413);
}

/* See exchange.h. */
enum exchange_need
exchange_need(struct exchange *x)
{
	if (!x->has_head)
		parse_head(x);
	if (x->refusal != 0)
		return EXCHANGE_IS_WHOLE;
	if (!x->has_head)
		return EXCHANGE_NEEDS_HEAD;
	if (x->in_len >= x->head_bytes + x->request.content_length)
		return EXCHANGE_IS_WHOLE;
	if (x->request.expect_continue && !x->said_continue) {
		x->said_continue = true;
		return EXCHANGE_NEEDS_CONTINUE;
	}
	return EXCHANGE_NEEDS_BODY;
}

/* See exchange.h. */
bool
exchange_begin_next(struct exchange *x)
{
	size_t used = x->head_bytes + (size_t)x->request.content_length;

	x->in_len -= used;
	memmove(x->in, x->in + used, x->in_len);
	reset_request(x);
	return x->in_len > 0;
}

static void
end_question(struct exchange *x)
{
	x->question = 0;
	x->on_answer = NULL;
	if (x->has_timer)
		uv_timer_stop(&x->timer);
}

/* A link's alias or ticket may stand in it. */
static void
drop_text(struct exchange *x)
{
	if (x->text.ptr != NULL)
		wipe(x->text.ptr, x->text.len);
	free(x->text.ptr);
	x->text = (struct buf){ 0 };
}

/* See exchange.h. */
void
exchange_drop(struct exchange *x)
{
	watch_drop(x);
	end_question(x);
	stream_end(x);
	wipe(x->in, x->in_high);	/* a bearer token was in it */
	wipe(&x->match, sizeof(x->match));	/* a link's alias */
	drop_text(x);			/* out[] held headers: not secret */
	x->is_active = false;
	x->session = NULL;
	pickup_return_exchange(x->pickup, x);
}

/* --- answering ----------------------------------------------------------------- */

static const struct {
	unsigned    code;
	const char *text;
} refusals[] = {
	{ 400, "Bad request\n" },
	{ 401, "Not allowed\n" },
	{ 404, "Not found\n" },
	{ 405, "Method not allowed\n" },
	{ 413, "Too large\n" },
	{ 429, "Too many requests\n" },
	{ 431, "Too large\n" },
	{ 501, "Not implemented\n" },
	{ 503, "Not now\n" },
};

/* Room for the numbers that headers of one response point to. */
struct header_texts {
	char retry_after[24];
	char methods[64];
};

static void
add_methods(const struct exchange *x, struct header_set *set, const char *name,
    char text[64])
{
	static const char *const names[] = {
		[HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST",
		[HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
	};
	struct buf b = buf_over(text, 64);
	size_t i;
	enum status st = ST_OK;

	for (i = 0; i < COUNT(names) && st == ST_OK; i++) {
		if (!x->match.methods[i])
			continue;
		if (b.len > 0)
			st = buf_append_text(&b, ", ");
		if (st == ST_OK)
			st = buf_append_text(&b, names[i]);
	}
	headers_add(set, name, buf_span(&b));
}

static void
add_preflight(const struct exchange *x, struct header_set *set, char text[64])
{
	add_methods(x, set, "Access-Control-Allow-Methods", text);
	headers_add(set, "Access-Control-Allow-Headers",
	    span_of("Authorization, Content-Type"));
	headers_add(set, "Access-Control-Max-Age", span_of("600"));
}

static void
set_headers(struct exchange *x, const struct reply *r, struct header_set *set,
    struct header_texts *texts)
{
	uint64_t retry_s = r->retry_after_s;

	set->n = 0;
	headers_add(set, "Date", pickup_date(x->pickup));
	if (r->content_type != NULL)
		headers_add(set, "Content-Type", span_of(r->content_type));
	if (retry_s > PICKUP_RETRY_MAX_S)
		retry_s = PICKUP_RETRY_MAX_S;
	if (retry_s > 0) {
		snprintf(texts->retry_after, sizeof(texts->retry_after),
		    "%" PRIu64, retry_s);
		headers_add(set, "Retry-After", span_of(texts->retry_after));
	}
	if (r->code == 405)
		add_methods(x, set, "Allow", texts->methods);
	if (r->is_preflight)
		add_preflight(x, set, texts->methods);
}

/* See exchange.h. */
void
exchange_reply(struct exchange *x, const struct reply *r)
{
	struct header_set set;
	struct header_texts texts;
	struct buf out = buf_over(x->out, sizeof(x->out));
	struct span body = { 0 };
	struct http_response response = {
		.code = r->code,
		.headers = set.row,
		.has_length = r->code != 204,
		.content_length = r->body.len + r->more_bytes,
		.keep_alive = x->keep_alive && !x->pickup->is_stopping,
	};

	end_question(x);
	set_headers(x, r, &set, &texts);
	response.n_headers = set.n;
	x->keep_alive = response.keep_alive;
	if (http_head_write(&response, &out) != ST_OK ||
	    headers_append_fixed(x->match.plane, r->is_page, &out) != ST_OK)
		unexpected("response head", (int)r->code);
	if (x->request.method != HTTP_HEAD)
		body = r->body;
	session_send(x->session, buf_span(&out), body);
}

/* See exchange.h. */
void
exchange_send(struct exchange *x, struct span bytes)
{
	end_question(x);
	session_send(x->session, bytes, (struct span){ 0 });
}

/* See exchange.h. */
void
exchange_on_sent(struct exchange *x)
{
	if (!stream_go_on(x))
		session_finish_exchange(x->session, x->keep_alive);
}

/* See exchange.h. */
void
exchange_refuse(struct exchange *x, unsigned code, uint64_t retry_after_s)
{
	struct reply r = { .code = code, .retry_after_s = retry_after_s,
	    .content_type = "text/plain; charset=utf-8" };
	size_t i;

	for (i = 0; i < COUNT(refusals); i++)
		if (refusals[i].code == code)
			r.body = span_of(refusals[i].text);
	exchange_reply(x, &r);
}

static void
on_quantum(uv_timer_t *timer)
{
	struct exchange *x = timer->data;

	exchange_refuse(x, x->late_code, x->late_retry_s);
}

static void
start_timer(struct exchange *x, uv_timer_cb on_timer, uint64_t ms)
{
	if (!x->has_timer)
		uv_timer_init(x->pickup->loop, &x->timer);
	x->has_timer = true;
	x->timer.data = x;
	uv_timer_start(&x->timer, on_timer, ms, 0);
}

static void
on_wait_over(uv_timer_t *timer)
{
	struct exchange *x = timer->data;

	x->on_over(x);
}

/* See exchange.h. */
void
exchange_wait(struct exchange *x, uint64_t ms,
    void (*on_over)(struct exchange *x))
{
	x->on_over = on_over;
	start_timer(x, on_wait_over, ms);
}

/* See exchange.h. */
void
exchange_refuse_late(struct exchange *x, unsigned code, uint64_t retry_after_s)
{
	uint64_t spent, wait;

	end_question(x);
	uv_update_time(x->pickup->loop);
	spent = uv_now(x->pickup->loop) - x->arrived_ms;
	wait = PICKUP_QUANTUM_MS - spent % PICKUP_QUANTUM_MS;
	x->late_code = code;
	x->late_retry_s = retry_after_s;
	start_timer(x, on_quantum, wait);
}

static void
refuse_method(struct exchange *x)
{
	struct reply preflight = { .code = 204, .is_preflight = true };

	if (x->request.method == HTTP_OPTIONS && x->match.methods[HTTP_OPTIONS])
		exchange_reply(x, &preflight);
	else
		exchange_refuse(x, 405, 0);
}

/* See exchange.h. */
void
exchange_handle(struct exchange *x)
{
	uint8_t hash[32];

	uv_update_time(x->pickup->loop);
	x->arrived_ms = uv_now(x->pickup->loop);
	if (x->refusal != 0) {
		exchange_refuse(x, x->refusal, 0);
	} else if (x->found == ST_UNSUPPORTED) {
		refuse_method(x);
	} else if (x->found != ST_OK) {
		exchange_refuse_late(x, 404, 0);
	} else if (x->match.route->auth == ROUTE_TOKEN &&
	    !exchange_token_hash(x, hash)) {
		/* Here, so that no handler can forget it. */
		exchange_refuse_late(x, 404, 0);
	} else {
		x->match.route->handle(x);
	}
}

/* --- what handlers ask of the request ------------------------------------------- */

/* See exchange.h. */
struct span
exchange_body(const struct exchange *x)
{
	return (struct span){ x->in + x->head_bytes,
	    (size_t)x->request.content_length };
}

/* See exchange.h. */
bool
exchange_token_hash(const struct exchange *x, uint8_t hash[static 32])
{
	struct span text = http_bearer(&x->request);
	uint8_t token[32];
	struct buf b = buf_over(token, sizeof(token));
	bool good = text.len == 43 && base64url_decode(text, &b) == ST_OK &&
	    b.len == sizeof(token);

	if (good)
		sha256(buf_span(&b), hash);
	wipe(token, sizeof(token));
	return good;
}

/* See exchange.h. */
void
exchange_peer(const struct exchange *x, uint8_t address[static 16])
{
	conn_peer(&x->session->conn, address);
}

/* --- the vault -------------------------------------------------------------------- */

/* See exchange.h. */
unsigned
exchange_code_of(uint64_t outcome)
{
	if (outcome == ST_THROTTLED)
		return 429;
	if (outcome == ST_BUSY || outcome == ST_IO || outcome == ST_DISK_FULL)
		return 503;
	return 404;
}

static void
on_silence(uv_timer_t *timer)
{
	struct exchange *x = timer->data;
	exchange_answer_fn *on_answer = x->on_answer;

	end_question(x);
	on_answer(x, NULL);
}

/* See exchange.h. */
uint64_t
exchange_number(struct exchange *x)
{
	uint64_t index = (uint64_t)(x - x->pickup->exchanges);

	return ++x->pickup->generation << EXCHANGE_INDEX_BITS | index;
}

/* See exchange.h. */
void
exchange_ask(struct exchange *x, const struct message *m, uint64_t number,
    exchange_answer_fn *on_answer)
{
	x->question = number;
	x->on_answer = on_answer;
	/* Not being able to ask looks like an answer that never comes. */
	if (!x->pickup->vault_is_there ||
	    role_send(x->pickup->role, ROLE_VAULT, m) != ST_OK)
		start_timer(x, on_silence, 0);
	else
		start_timer(x, on_silence, PICKUP_VAULT_MS);
}

/* See exchange.h. */
void
exchange_deliver(struct pickup *p, uint64_t number, const struct message *m)
{
	uint64_t index = number & ((1u << EXCHANGE_INDEX_BITS) - 1);
	struct exchange *x;

	if (index >= p->n_exchanges)
		return;
	x = &p->exchanges[index];
	if (number != 0 && x->is_active && x->question == number)
		x->on_answer(x, m);
}

/* See exchange.h. */
void
exchange_lose_vault(struct pickup *p)
{
	unsigned i;

	for (i = 0; i < p->n_exchanges; i++)
		if (p->exchanges[i].is_active && p->exchanges[i].question != 0)
			start_timer(&p->exchanges[i], on_silence, 0);
}

/* --- JSON --------------------------------------------------------------------------- */

/* See exchange.h. */
bool
exchange_reserve(struct exchange *x, size_t size)
{
	drop_text(x);
	x->text = buf_over(malloc(size), size);
	if (x->text.ptr == NULL) {
		exchange_refuse(x, 503, PICKUP_RETRY_S);
		return false;
	}
	json_start(&x->json, &x->text);
	return true;
}

/* See exchange.h. */
void
exchange_reply_json(struct exchange *x, unsigned code, size_t step)
{
	struct reply r = { .code = code, .content_type = "application/json" };

	if (json_finish(&x->json) != ST_OK) {
		exchange_refuse(x, 503, PICKUP_RETRY_S);
		return;
	}
	while (step > 0 && x->text.len % step != 0 && x->text.len < x->text.max)
		x->text.ptr[x->text.len++] = ' ';
	r.body = buf_span(&x->text);
	exchange_reply(x, &r);
}
