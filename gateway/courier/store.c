#include "courier/store.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "courier/store_answer.h"
#include "courier/store_inner.h"
#include "ipc/role.h"

enum { SPARE_LANES = 1 };

static void on_soon(uv_timer_t *timer);

/* Where a request is put together; headers hold a token. */
static struct {
	uint8_t target[STORE_TARGET_MAX], headers[STORE_HEADERS_MAX];
} scratch;

/* See store_inner.h. */
struct http_out
store_new_out(void)
{
	return (struct http_out){
		.target = buf_over(scratch.target, sizeof(scratch.target)),
		.headers = buf_over(scratch.headers, sizeof(scratch.headers)),
	};
}

/* See store_inner.h. */
void
store_wipe_out(void)
{
	wipe(&scratch, sizeof(scratch));
}

/* See store_inner.h. */
void
store_wake(struct store *s)
{
	uv_timer_start(&s->soon, on_soon, 0, 0);
}

/* --- who waits ----------------------------------------------------------------- */

static void
enqueue(struct store *s, struct store_call *call)
{
	call->state = CALL_QUEUED;
	call->order = ++s->n_queued;
	call->next = NULL;
	*s->last = call;
	s->last = &call->next;
	store_wake(s);
}

/* See store_inner.h. */
void
store_dequeue(struct store *s, struct store_call *call)
{
	struct store_call **at = &s->first;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	if (s->last == &call->next)
		s->last = at;
	call->next = NULL;
}

/* See store_inner.h. */
void
store_tell(struct store_call *call, const struct store_answer *a)
{
	call->state = CALL_FREE;
	call->on_answer(call->owner, a);
}

static void
refuse(struct store_call *call, enum outbox_outcome outcome, const char *words)
{
	const struct store_answer a = { .outcome = outcome, .error = words };

	store_tell(call, &a);
}

/* Our time now: the vault's when it was asked, and what has passed since. */
static uint64_t
time_of(const struct store_call *call)
{
	uint64_t ms = uv_now(call->store->loop) - call->asked_ms;

	return call->now_s + ms / 1000;
}

/* See store_inner.h. */
bool
store_is_public(const struct store_call *call)
{
	return call->wish.verb >= STORE_PUBLIC_GET &&
	    call->wish.verb <= STORE_PUBLIC_DELETE;
}

/* --- one call ------------------------------------------------------------------ */

static void
on_http_want(void *owner, uint64_t offset)
{
	struct store_call *call = owner;
	struct span body = call->wish.body;

	if (body.len == 0)
		call->on_want(call->owner, offset);
	else
		http_call_body(&call->http, span_slice(body, (size_t)offset,
		    HTTP_CALL_PART_MAX));
}

/* Once for each reason; true: it waits again. */
static bool
try_again(struct store_call *call, enum store_sense sense)
{
	struct store *s = call->store;

	if (sense == SENSE_STRANGER && s->login_pool != NULL &&
	    !call->has_logged_in) {
		call->has_logged_in = true;
		/* Another call may have seen to it already. */
		if (call->generation == s->generation)
			store_login_forget(s);
		enqueue(s, call);
		return true;
	}
	if (sense == SENSE_SKEWED && !call->has_corrected) {
		call->has_corrected = true;
		enqueue(s, call);
		return true;
	}
	return false;
}

/* A host that ends the connection while a body goes out may have said 401
 * where nobody heard it. */
static void
on_failure(struct store_call *call, const char *failure)
{
	struct store *s = call->store;

	if (call->wish.verb == STORE_PUT && s->login_pool != NULL &&
	    call->generation == s->generation)
		store_login_forget(s);
	refuse(call, OUTCOME_DOWN, failure);
}

static void
on_http_end(void *owner, const struct http_answer *a, struct span body,
    const char *failure)
{
	struct store_call *call = owner;
	struct store *s = call->store;
	struct store_verdict v;
	struct store_answer out;

	store_wake(s);			/* a lane is free */
	if (failure != NULL) {
		on_failure(call, failure);
		return;
	}
	store_judge(call->wish.verb, a, body, time_of(call), call->skew_s, &v);
	if (!store_is_public(call) && a->date.len > 0)
		s->login.skew_s = store_skew(a, time_of(call));
	if (v.sense != SENSE_FINAL && try_again(call, v.sense))
		return;
	out = (struct store_answer){ v.outcome, a, body, v.retry_after_s,
	    v.error[0] == '\0' ? NULL : v.error,
	    v.sense == SENSE_STRANGER, call->http.body_sha256 };
	if (v.sense == SENSE_STRANGER)
		out.error = "the store refuses our credentials";
	store_tell(call, &out);
}

static struct http_pool *
pool_of(const struct store_call *call)
{
	const struct store *s = call->store;

	if (store_is_public(call))
		return s->public.pool;
	if (s->login_pool == NULL || store_is_at(&s->home, &s->login.storage))
		return s->home.pool;
	return s->public.pool;
}

static enum status
send_call(struct store_call *call, struct http_pool *pool)
{
	struct store *s = call->store;
	struct span secret = { s->secret, s->secret_len };
	struct http_out out = store_new_out();
	enum status st;

	st = store_is_public(call) ? public_request(s->config, &call->wish, &out)
	    : s->dialect->request(s->config, secret, &s->login, &call->wish,
	    time_of(call), &out);
	if (st == ST_OK)
		st = http_call_begin(&call->http, pool, &out, time_of(call));
	store_wipe_out();
	return st;
}

/* A call that waits: it goes, or is refused, or (false) waits on. */
static bool
begin(struct store_call *call)
{
	struct store *s = call->store;
	enum status st;

	if (!store_is_public(call) && s->secret_len == 0) {
		const struct store_answer none = { .outcome = OUTCOME_DOWN,
		    .error = "there is no secret: "
		    "guichet credential set store", .is_stranger = true };

		store_dequeue(s, call);
		store_tell(call, &none);
		return true;
	}
	if (!store_is_public(call) && s->login_pool != NULL && !s->login.is_known)
		return store_login_begin(s, time_of(call));
	st = pool_of(call) == NULL ? ST_UNSUPPORTED
	    : send_call(call, pool_of(call));
	if (st == ST_BUSY)
		return false;
	store_dequeue(s, call);
	if (st == ST_OK) {
		call->state = CALL_ACTIVE;
		call->generation = s->generation;
		call->skew_s = s->login.skew_s;
	} else {
		refuse(call, OUTCOME_REFUSED, st == ST_UNSUPPORTED ?
		    "this kind of store has no such request"
		    : "the request cannot be written");
	}
	return true;
}

/* Answers change the list: after one that left it, from the start. */
static void
on_soon(uv_timer_t *timer)
{
	struct store *s = timer->data;
	struct store_call *call = s->first;

	while (call != NULL)
		call = begin(call) ? s->first : call->next;
}

/* --- see store.h --------------------------------------------------------------- */

static struct place
place_new(struct store *s, struct resolver *resolver, const struct remote *to,
    unsigned lanes)
{
	struct place p;

	p.at = endpoint_new(s->config, to->host, to->port,
	    s->config->drop_pins, lanes + SPARE_LANES, true);
	p.pool = http_pool_new(s->loop, resolver, p.at, lanes);
	return p;
}

static void
make_places(struct store *s, struct resolver *resolver)
{
	unsigned lanes = (unsigned)s->config->drop_in_flight + SPARE_LANES;
	uint8_t name[REMOTE_HOST_MAX + 1];
	struct buf storage = buf_over(name, sizeof(name));
	struct http_out out = store_new_out();
	struct buf body = buf_over(s->login_body, sizeof(s->login_body));
	struct remote to;

	if (s->config->drop_bucket[0] == '\0')
		role_refuse("drop.bucket: must be set where drop.kind is");
	if (dialect_remote(s->config, &storage, &to) != ST_OK)
		role_refuse("drop.endpoint: not a host that could be asked "
		    "(with drop.style, drop.bucket before it)");
	s->home = place_new(s, resolver, &to, lanes);
	if (s->dialect->login(s->config, (struct span){ 0 }, &out, &body) !=
	    ST_NOT_FOUND)
		s->login_pool = http_pool_new(s->loop, resolver, s->home.at,
		    SPARE_LANES);
	if (remote_parse_url(span_of(s->config->drop_public_url), &to) !=
	    ST_OK)
		return;		/* nothing can be asked there */
	s->public = store_is_at(&s->home, &to) ? s->home
	    : place_new(s, resolver, &to, lanes);
}

/* See store.h. */
struct store *
store_new(uv_loop_t *loop, struct resolver *resolver,
    const struct config *config)
{
	struct store *s;

	if (dialect_of(config) == NULL)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		unexpected("no memory for the store", 0);
	s->loop = loop;
	s->config = config;
	s->dialect = dialect_of(config);
	s->last = &s->first;
	uv_timer_init(loop, &s->soon);
	s->soon.data = s;
	make_places(s, resolver);
	return s;
}

/* See store.h. */
unsigned
store_ports(const struct store *s, uint16_t *ports)
{
	ports[0] = s->home.at->port;
	if (s->public.at == NULL || s->public.at->port == ports[0])
		return 1;
	ports[1] = s->public.at->port;
	return 2;
}

/* See store.h. */
void
store_credential(struct store *s, struct span secret)
{
	if (secret.len > sizeof(s->secret))
		secret.len = 0;
	wipe(s->secret, sizeof(s->secret));
	if (secret.len > 0)
		memcpy(s->secret, secret.ptr, secret.len);
	s->secret_len = secret.len;
	store_login_abort(s);		/* it goes with the old one */
	store_login_forget(s);
	store_wake(s);
}

/* See store.h. */
void
store_ask(struct store *s, struct store_call *call,
    const struct store_wish *wish, uint64_t now_s)
{
	if (call->state != CALL_FREE || wish->name.len > sizeof(call->name))
		unexpected("a wish", (int)call->state);
	call->store = s;
	call->wish = *wish;
	if (wish->name.len > 0)
		memcpy(call->name, wish->name.ptr, wish->name.len);
	call->wish.name.ptr = call->name;
	call->now_s = now_s;
	call->asked_ms = uv_now(s->loop);
	call->has_logged_in = call->has_corrected = false;
	call->http.owner = call;
	call->http.on_want = on_http_want;
	call->http.on_end = on_http_end;
	enqueue(s, call);
}

/* See store.h. */
void
store_body(struct store_call *call, struct span bytes)
{
	http_call_body(&call->http, bytes);
}

/* See store.h. */
void
store_abort(struct store_call *call)
{
	if (call->state == CALL_QUEUED)
		store_dequeue(call->store, call);
	else if (call->state == CALL_ACTIVE)
		http_call_abort(&call->http);
	if (call->state != CALL_FREE)
		store_wake(call->store);
	call->state = CALL_FREE;
}
