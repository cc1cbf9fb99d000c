#include "net/tls_session.h"

#include "net/tls_suites.h"

static void advance(struct conn *c, bool from_loop);

/* --- records at rest --------------------------------------------------------- */

/* Between two records both ways (ssl_engine.c, make_ready_in() and _out()):
 * nothing received of the next record, no bytes waiting to be sealed. */
static bool
engine_is_idle(const br_ssl_engine_context *e)
{
	return br_ssl_engine_current_state(e) ==
	    (BR_SSL_SENDAPP | BR_SSL_RECVREC) &&
	    e->ixa == 0 && e->oxa == e->oxc;
}

static void
rest(struct tls_session *t)
{
	if (t->wire_from == t->wire_to && engine_is_idle(&t->engine.eng))
		tls_records_take_back(t);
}

/* --- the pump ------------------------------------------------------------------ */

static void
deliver(struct conn *c, enum conn_event ev, bool from_loop)
{
	struct tls_session *t = c->layer_state;

	t->mode = TLS_IDLE;
	if (from_loop)
		conn_emit(c, ev);
	else
		conn_emit_later(c, ev);
}

/* The first write of a client waits for the peer too. */
static bool
is_handshaking(const struct tls_session *t)
{
	return t->engine.eng.application_data == 0;
}

static bool
wants_wire(const struct tls_session *t)
{
	return t->mode == TLS_READING ||
	    (t->mode == TLS_WRITING && is_handshaking(t));
}

/* What the wire's end means to the owner. */
static enum conn_event
end_event(const struct tls_session *t)
{
	return t->pool->wants_notify || t->mode != TLS_READING
	    ? CONN_FAILED : CONN_EOF;
}

/* Bytes of the wire into the engine; false: it takes none or there are none. */
static bool
feed(struct tls_session *t)
{
	size_t room, have = (size_t)(t->wire_to - t->wire_from);
	uint8_t *to = br_ssl_engine_recvrec_buf(&t->engine.eng, &room);

	if (to == NULL || have == 0)
		return false;
	if (room > have)
		room = have;
	memcpy(to, t->records->wire + t->wire_from, room);
	t->wire_from = (unsigned short)(t->wire_from + room);
	br_ssl_engine_recvrec_ack(&t->engine.eng, room);
	return true;
}

static bool
has_unsent(const struct tls_session *t)
{
	return t->unsent[0].len + t->unsent[1].len > 0;
}

/* The owner's next bytes into a record; false: there are none. */
static bool
seal(struct tls_session *t)
{
	br_ssl_engine_context *e = &t->engine.eng;
	struct span *from;
	size_t room, len;
	uint8_t *to;
	int i;

	if (t->mode != TLS_WRITING || !has_unsent(t))
		return false;
	for (i = 0; i < 2; i++) {
		from = &t->unsent[i];
		to = br_ssl_engine_sendapp_buf(e, &room);
		len = from->len < room ? from->len : room;
		if (to == NULL || len == 0)
			continue;
		memcpy(to, from->ptr, len);
		*from = span_slice(*from, len, from->len);
		/* A full record seals itself; then there is no room left. */
		br_ssl_engine_sendapp_ack(e, len);
	}
	br_ssl_engine_flush(e, 0);
	return br_ssl_engine_sendrec_buf(e, &room) != NULL;
}

/* A sealed record onto the wire.  False: the kernel has it all.  True: wait
 * for sent(). */
static bool
send_record(struct conn *c, struct span record)
{
	struct tls_session *t = c->layer_state;
	bool more = t->mode == TLS_WRITING && has_unsent(t);
	size_t n = conn_wire_try_write(c, record, more);

	if (n > 0)
		br_ssl_engine_sendrec_ack(&t->engine.eng, n);
	t->in_flight = record.len - n;
	if (t->in_flight == 0)
		return false;
	conn_wire_write(c, span_slice(record, n, t->in_flight));
	return true;
}

static void
finish_engine(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	int error = br_ssl_engine_last_error(&t->engine.eng);

	if (t->mode == TLS_SHUTTING && error == BR_ERR_OK) {
		t->mode = TLS_IDLE;
		conn_wire_shut(c);
	} else if (t->mode == TLS_READING && error == BR_ERR_OK) {
		deliver(c, CONN_EOF, from_loop);
	} else {
		deliver(c, CONN_FAILED, from_loop);
	}
}

/* A short record may follow a long one in the same buffer. */
static void
note_plaintext(struct tls_session *t, const uint8_t *end)
{
	size_t used = (size_t)(end - t->records->in);

	if (used > t->in_used)
		t->in_used = (unsigned short)used;
}

/* Everything that could move has moved: what is the owner waiting for? */
static void
settle(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	size_t len;
	uint8_t *plain;

	if (t->mode == TLS_WRITING && is_handshaking(t) && !t->is_ended) {
		conn_wire_read(c);
	} else if (t->mode == TLS_WRITING) {
		/* All records are with the kernel, or none will ever be. */
		rest(t);
		deliver(c, has_unsent(t) ? CONN_FAILED : CONN_WRITTEN,
		    from_loop);
	} else if (t->mode == TLS_SHUTTING) {
		t->mode = TLS_IDLE;
		conn_wire_shut(c);
	} else if (t->mode == TLS_READING) {
		plain = br_ssl_engine_recvapp_buf(&t->engine.eng, &len);
		if (plain != NULL) {
			c->bytes = (struct span){ plain, len };
			note_plaintext(t, plain + len);
			deliver(c, CONN_BYTES, from_loop);
		} else if (t->is_ended) {
			deliver(c, end_event(t), from_loop);
		} else {
			rest(t);
			conn_wire_read(c);
		}
	}
}

static void
advance(struct conn *c, bool from_loop)
{
	struct tls_session *t = c->layer_state;
	br_ssl_engine_context *e = &t->engine.eng;
	struct span record;
	size_t len;

	/* A record of ours is still libuv's, though nobody waited for it: an
	 * alert that answered what was read.  sent() goes on from here. */
	if (t->in_flight > 0)
		return;
	for (;;) {
		record.ptr = br_ssl_engine_sendrec_buf(e, &len);
		record.len = len;
		if (record.ptr != NULL) {
			if (send_record(c, record))
				return;
		} else if (br_ssl_engine_current_state(e) == BR_SSL_CLOSED) {
			finish_engine(c, from_loop);
			return;
		} else if (!seal(t) && (!wants_wire(t) || !feed(t))) {
			settle(c, from_loop);
			return;
		}
	}
}

/* --- conn.c calls these ----------------------------------------------------- */

static void
layer_read(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	if (c->bytes.len > 0)
		br_ssl_engine_recvapp_ack(&t->engine.eng, c->bytes.len);
	c->bytes = (struct span){ 0 };
	t->mode = TLS_READING;
	advance(c, false);
}

static void
layer_write(struct conn *c, struct span first, struct span second)
{
	struct tls_session *t = c->layer_state;

	tls_records_lend(t);
	t->unsent[0] = first;
	t->unsent[1] = second;
	t->mode = TLS_WRITING;
	advance(c, false);
}

static void
layer_shut(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	tls_records_lend(t);
	t->mode = TLS_SHUTTING;
	br_ssl_engine_close(&t->engine.eng);
	advance(c, false);
}

static struct buf
layer_room(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	tls_records_lend(t);
	if (t->wire_from == t->wire_to)
		t->wire_from = t->wire_to = 0;
	return (struct buf){ t->records->wire, t->wire_to, TLS_WIRE_BYTES };
}

static void
layer_received(struct conn *c, size_t len)
{
	struct tls_session *t = c->layer_state;

	t->wire_to = (unsigned short)(t->wire_to + len);
	advance(c, true);
}

static void
layer_ended(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	t->is_ended = true;
	deliver(c, end_event(t), true);
}

static void
layer_sent(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	br_ssl_engine_sendrec_ack(&t->engine.eng, t->in_flight);
	t->in_flight = 0;
	advance(c, true);
}

/* close_notify if it can go at once: the peer is not worth waiting for. */
static void
say_goodbye(struct conn *c, struct tls_session *t)
{
	struct span record;
	size_t len;

	if (t->in_flight > 0 || t->engine.eng.application_data != 1)
		return;
	tls_records_lend(t);
	br_ssl_engine_close(&t->engine.eng);
	record.ptr = br_ssl_engine_sendrec_buf(&t->engine.eng, &len);
	record.len = len;
	if (record.ptr != NULL)
		(void)conn_wire_try_write(c, record, false);
}

static void
layer_closed(struct conn *c)
{
	struct tls_session *t = c->layer_state;

	say_goodbye(c, t);
	tls_session_give_back(t);
	c->layer_state = NULL;
	c->layer = NULL;
}

static const char *
layer_error(const struct conn *c)
{
	const struct tls_session *t = c->layer_state;

	return t->pool->error(t);
}

/* See tls_session.h. */
const struct conn_layer tls_layer = {
	.read = layer_read,
	.write = layer_write,
	.shut = layer_shut,
	.room = layer_room,
	.received = layer_received,
	.ended = layer_ended,
	.sent = layer_sent,
	.closed = layer_closed,
	.error = layer_error,
};
