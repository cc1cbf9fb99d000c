#include "pickup/session.h"

#include "base/log.h"
#include "pickup/limits.h"
#include "pickup/pickup.h"

static void step(struct session *s, enum conn_event ev);

static void
on_conn(void *owner, enum conn_event ev)
{
	step(owner, ev);
}

/* --- phases ------------------------------------------------------------------- */

static void
set_deadline(struct session *s, uint64_t ms)
{
	s->deadline_ms = uv_now(s->pickup->loop) + ms;
}

/* Reads with what is left of the phase's time, however often bytes drip. */
static enum session_state
read_more(struct session *s, enum session_state state)
{
	uint64_t now = uv_now(s->pickup->loop);

	s->conn.idle_ms = s->deadline_ms > now ? s->deadline_ms - now : 1;
	conn_read(&s->conn);
	return state;
}

static enum session_state
close_now(struct session *s)
{
	if (s->state == SESSION_CLOSING)
		return SESSION_CLOSING;
	if (s->is_idle)
		pickup_mark_busy(s->pickup, s);
	crowd_leave(&s->pickup->crowd, s);
	if (s->exchange != NULL)
		exchange_drop(s->exchange);
	s->exchange = NULL;
	conn_close(&s->conn);
	return SESSION_CLOSING;
}

static enum session_state
begin_idle(struct session *s, uint64_t ms)
{
	if (s->pickup->is_stopping)
		return close_now(s);
	pickup_mark_idle(s->pickup, s);
	set_deadline(s, ms);
	return read_more(s, SESSION_HEAD);
}

/* --- requests ----------------------------------------------------------------- */

/* What exchange_need() says, done. */
static enum session_state
go_on(struct session *s)
{
	switch (exchange_need(s->exchange)) {
	case EXCHANGE_NEEDS_HEAD:
		return read_more(s, SESSION_HEAD);
	case EXCHANGE_NEEDS_CONTINUE:
		set_deadline(s, PICKUP_BODY_MS);
		s->conn.idle_ms = PICKUP_BODY_MS;
		conn_write(&s->conn,
		    span_of("HTTP/1.1 100 Continue\r\n\r\n"));
		return SESSION_CONTINUE;
	case EXCHANGE_NEEDS_BODY:
		if (s->state == SESSION_HEAD)
			set_deadline(s, PICKUP_BODY_MS);
		return read_more(s, SESSION_BODY);
	case EXCHANGE_IS_WHOLE:
		break;
	}
	/* The handler may answer at once and change the state itself. */
	s->state = SESSION_WORKING;
	exchange_handle(s->exchange);
	return s->state;
}

/* The first bytes of a request end the idleness. */
static enum session_state
begin_request(struct session *s)
{
	s->exchange = pickup_take_exchange(s->pickup);
	if (s->exchange == NULL)
		return close_now(s);
	exchange_begin(s->exchange, s);
	pickup_mark_busy(s->pickup, s);
	set_deadline(s, PICKUP_HEAD_MS);
	s->reply_until_ms = uv_now(s->pickup->loop) + PICKUP_REPLY_MS;
	return SESSION_HEAD;
}

static enum session_state
take_bytes(struct session *s)
{
	if (s->exchange == NULL && begin_request(s) == SESSION_CLOSING)
		return SESSION_CLOSING;
	exchange_take(s->exchange, conn_bytes(&s->conn));
	return go_on(s);
}

/* --- states -------------------------------------------------------------------- */

static enum session_state
in_reading(struct session *s, enum conn_event ev)
{
	return ev == CONN_BYTES ? take_bytes(s) : close_now(s);
}

static enum session_state
in_continue(struct session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN)
		return close_now(s);
	return read_more(s, SESSION_BODY);
}

/* Nothing is outstanding but the handler's answer. */
static enum session_state
in_working(struct session *s, enum conn_event ev)
{
	(void)s;
	unexpected("connection event while a handler works", (int)ev);
}

static enum session_state
in_replying(struct session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN)
		return close_now(s);
	s->state = SESSION_WORKING;
	exchange_on_sent(s->exchange);
	return s->state;
}

static enum session_state
in_shutting(struct session *s, enum conn_event ev)
{
	if (ev != CONN_WRITTEN)
		return close_now(s);
	set_deadline(s, PICKUP_LINGER_MS);
	return read_more(s, SESSION_LINGERING);
}

static enum session_state
in_lingering(struct session *s, enum conn_event ev)
{
	return ev == CONN_BYTES ? read_more(s, SESSION_LINGERING) :
	    close_now(s);
}

static enum session_state
in_closing(struct session *s, enum conn_event ev)
{
	if (ev != CONN_CLOSED)
		unexpected("connection event after close", (int)ev);
	s->state = SESSION_FREE;
	/* A client that waited may get this very session at once. */
	pickup_return_session(s->pickup, s);
	return s->state;
}

static enum session_state
in_free(struct session *s, enum conn_event ev)
{
	(void)s;
	unexpected("connection event without a connection", (int)ev);
}

static void
step(struct session *s, enum conn_event ev)
{
	static enum session_state (*const in[])(struct session *,
	    enum conn_event) = {
		[SESSION_FREE]      = in_free,
		[SESSION_HEAD]      = in_reading,
		[SESSION_CONTINUE]  = in_continue,
		[SESSION_BODY]      = in_reading,
		[SESSION_WORKING]   = in_working,
		[SESSION_REPLYING]  = in_replying,
		[SESSION_SHUTTING]  = in_shutting,
		[SESSION_LINGERING] = in_lingering,
		[SESSION_CLOSING]   = in_closing,
	};

	s->state = in[s->state](s, ev);
}

/* --- see session.h --------------------------------------------------------------- */

void
session_init(struct session *s, struct pickup *p)
{
	*s = (struct session){
		.conn = { .on_event = on_conn, .owner = s,
		    .idle_ms = PICKUP_HEAD_MS },
		.pickup = p,
	};
}

void
session_start(struct session *s)
{
	/* The handshake and the first head together. */
	s->state = SESSION_HEAD;
	s->state = begin_idle(s, PICKUP_HEAD_MS);
}

/* What one write may take.  Requests in a row share one allowance, which
 * only bytes that the client has taken make longer. */
static uint64_t
write_ms(struct session *s, size_t bytes)
{
	uint64_t now = uv_now(s->pickup->loop), left;

	s->reply_until_ms += bytes * 1000 / PICKUP_RATE_MIN;
	left = s->reply_until_ms > now ? s->reply_until_ms - now : 1;
	return left < PICKUP_WRITE_MS ? left : PICKUP_WRITE_MS;
}

void
session_send(struct session *s, struct span first, struct span second)
{
	s->state = SESSION_REPLYING;
	s->conn.idle_ms = write_ms(s, first.len + second.len);
	conn_write_two(&s->conn, first, second);
}

void
session_finish_exchange(struct session *s, bool keep_alive)
{
	struct exchange *x = s->exchange;

	if (!keep_alive) {
		exchange_drop(x);
		s->exchange = NULL;
		s->state = SESSION_SHUTTING;
		s->conn.idle_ms = PICKUP_LINGER_MS;
		conn_shut(&s->conn);
	} else if (exchange_begin_next(x)) {
		set_deadline(s, PICKUP_HEAD_MS);
		s->state = SESSION_HEAD;
		s->state = go_on(s);
	} else {
		exchange_drop(x);
		s->exchange = NULL;
		s->state = begin_idle(s, PICKUP_IDLE_MS);
	}
}

void
session_abort(struct session *s)
{
	s->state = close_now(s);
}
