#include "courier/link.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "config/config.h"
#include "config/fingerprints.h"
#include "ipc/role.h"

/*
 *   RESOLVING --> CONNECTING --> SHAKING --> READY
 *                  |   ^  (is_plain: READY at once)
 *                  v   |
 *                 NEXT (this address failed)
 *   FAILED from any of them, told to the owner; CLOSING from all.
 */
enum link_state {
	LINK_RESOLVING, LINK_CONNECTING, LINK_NEXT, LINK_SHAKING, LINK_READY,
	LINK_FAILED, LINK_CLOSING
};

static void on_conn(void *owner, enum conn_event ev);

/* --- endpoints --------------------------------------------------------------- */

/* All hosts that have no pins are believed by the same authorities: read
 * once, kept for ever. */
static const struct tls_trust *
trust_of(const struct config *config)
{
	static struct tls_trust *trust;
	struct tls_error error;

	if (trust == NULL &&
	    tls_trust_load(config->tls_trust, &trust, &error) != ST_OK)
		role_refuse("tls.trust: %s", error.text);
	return trust;
}

/* See link.h. */
struct endpoint *
endpoint_new(const struct config *config, struct span host, uint16_t port,
    const char *pins, unsigned sessions_max, bool is_http)
{
	uint8_t (*key)[FINGERPRINT_BYTES] =
	    calloc(FINGERPRINTS_MAX, sizeof(*key));
	struct endpoint *e = calloc(1, sizeof(*e));
	struct tls_client_options options = { .sessions_max = sessions_max,
	    .is_not_http = !is_http };

	if (e == NULL || key == NULL || host.len > REMOTE_HOST_MAX)
		unexpected("no memory for a host", (int)host.len);
	memcpy(e->host, host.ptr, host.len);
	e->port = port;
	options.n_pins = fingerprints_read(span_of(pins), key);
	options.pins = (const uint8_t (*)[FINGERPRINT_BYTES])key;
	if (options.n_pins == 0)
		options.trust = trust_of(config);
	if (tls_client_new(&options, &e->tls) != ST_OK)
		unexpected("no memory for TLS", (int)sessions_max);
	return e;
}

/* --- one link ---------------------------------------------------------------- */

/* No word of it may be missing: the host's name gives way. */
static void
set_error(struct link *l, const char *words)
{
	snprintf(l->error, sizeof(l->error), "%.60s: %s", l->to->host, words);
}

static uint64_t
ms_left(const struct link *l)
{
	uint64_t now = uv_now(l->loop);

	return l->until_ms > now ? l->until_ms - now : 0;
}

/* The owner hears of it from here on. */
static void
hand_over(struct link *l, enum conn_event ev)
{
	uv_timer_stop(&l->timer);
	if (ev == CONN_WRITTEN)
		l->error[0] = '\0';	/* an address before this one's */
	l->state = ev == CONN_WRITTEN ? LINK_READY : LINK_FAILED;
	l->conn.on_event = l->on_event;
	l->conn.owner = l->owner;
	l->conn.idle_ms = l->idle_ms;
	l->on_event(l->owner, ev);
}

static void
fail(struct link *l, enum conn_event ev, const char *words)
{
	set_error(l, words);
	hand_over(l, ev);
}

/* Each address gets its share of the time that is left; a refused one leaves
 * its share to the others. */
static void
try_next(struct link *l)
{
	while (l->next < l->n_addresses) {
		size_t left = l->n_addresses - l->next;
		const struct sockaddr *to =
		    (const void *)&l->address[l->next++];

		l->conn.on_event = on_conn;
		l->conn.owner = l;
		l->conn.idle_ms = ms_left(l) / left + 1;
		if (conn_open(&l->conn, l->loop, to) != ST_OK)
			continue;
		l->has_conn = true;
		l->state = LINK_CONNECTING;
		return;
	}
	/* The words of the last one, which `error` holds already. */
	if (l->error[0] == '\0')
		set_error(l, "cannot connect");
	hand_over(l, ms_left(l) == 0 ? CONN_TIMEOUT : CONN_FAILED);
}

static void
on_resolved(void *owner, enum status st, const struct sockaddr_storage *address,
    size_t n)
{
	struct link *l = owner;

	if (st != ST_OK || n == 0) {
		fail(l, CONN_FAILED, st == ST_IO ?
		    "no name server answers" : "there is no such name");
		return;
	}
	l->n_addresses = n < RESOLVE_ADDRESSES_MAX ? n : RESOLVE_ADDRESSES_MAX;
	memcpy(l->address, address, l->n_addresses * sizeof(*address));
	try_next(l);
}

static void
shake(struct link *l)
{
	l->state = LINK_SHAKING;
	l->conn.idle_ms = ms_left(l) + 1;
	if (tls_connect(&l->conn, l->to->tls, l->to->host, l->now_s) != ST_OK)
		fail(l, CONN_FAILED, "too many connections at once");
	else
		conn_write(&l->conn, (struct span){ 0 });
}

static void
in_connecting(struct link *l, enum conn_event ev)
{
	char words[96];

	if (ev == CONN_WRITTEN && l->is_plain) {
		hand_over(l, CONN_WRITTEN);
	} else if (ev == CONN_WRITTEN) {
		shake(l);
	} else {
		snprintf(words, sizeof(words), "cannot connect: %s",
		    ev == CONN_TIMEOUT ? "no answer" : conn_error(&l->conn));
		set_error(l, words);
		l->state = LINK_NEXT;
		conn_close(&l->conn);
	}
}

static void
in_shaking(struct link *l, enum conn_event ev)
{
	if (ev == CONN_WRITTEN)
		hand_over(l, ev);
	else
		fail(l, ev, ev == CONN_TIMEOUT ? "no answer in TLS"
		    : conn_error(&l->conn));
}

static void
part_closed(struct link *l)
{
	if (--l->open_parts > 0)
		return;
	/* As the owner set them: the next link_open() takes them from here. */
	l->conn.on_event = l->on_event;
	l->conn.owner = l->owner;
	l->on_event(l->owner, CONN_CLOSED);
}

static void
on_conn(void *owner, enum conn_event ev)
{
	struct link *l = owner;

	if (ev == CONN_CLOSED) {
		l->has_conn = false;
		if (l->state == LINK_NEXT)
			try_next(l);
		else
			part_closed(l);
	} else if (l->state == LINK_CONNECTING) {
		in_connecting(l, ev);
	} else if (l->state == LINK_SHAKING) {
		in_shaking(l, ev);
	} else {
		unexpected("a link's event", (int)ev);
	}
}

/* Names alone: what follows has deadlines of its own within the same time. */
static void
on_timer(uv_timer_t *timer)
{
	struct link *l = timer->data;

	if (l->state != LINK_RESOLVING)
		return;
	resolve_abort(&l->resolve);
	fail(l, CONN_TIMEOUT, "no name server answers");
}

static void
on_timer_closed(uv_handle_t *handle)
{
	part_closed(handle->data);
}

/* See link.h. */
void
link_open(struct link *l, uv_loop_t *loop, struct resolver *resolver,
    const struct endpoint *to, bool is_plain, uint64_t now_s)
{
	l->to = to;
	l->loop = loop;
	l->on_event = l->conn.on_event;
	l->owner = l->conn.owner;
	l->idle_ms = l->conn.idle_ms;
	l->until_ms = uv_now(loop) + l->idle_ms;
	l->now_s = now_s;
	l->is_plain = is_plain;
	l->has_conn = false;
	l->n_addresses = l->next = 0;
	l->error[0] = '\0';
	l->state = LINK_RESOLVING;
	uv_timer_init(loop, &l->timer);		/* cannot fail */
	l->timer.data = l;
	uv_timer_start(&l->timer, on_timer, l->idle_ms, 0);
	l->resolve.owner = l;
	l->resolve.on_end = on_resolved;
	resolve_begin(&l->resolve, resolver, to->host, to->port);
}

/* See link.h. */
void
link_secure(struct link *l)
{
	l->is_plain = false;
	if (tls_connect(&l->conn, l->to->tls, l->to->host, l->now_s) == ST_OK) {
		conn_write(&l->conn, (struct span){ 0 });
		return;
	}
	set_error(l, "too many connections at once");
	conn_emit_later(&l->conn, CONN_FAILED);
}

/* See link.h. */
void
link_close(struct link *l)
{
	if (l->state == LINK_RESOLVING)
		resolve_abort(&l->resolve);
	l->open_parts = 1 + l->has_conn;
	if (l->has_conn) {
		l->conn.on_event = on_conn;
		l->conn.owner = l;
		if (l->state != LINK_NEXT)
			conn_close(&l->conn);
	}
	l->state = LINK_CLOSING;
	uv_close((uv_handle_t *)&l->timer, on_timer_closed);
}

/* See link.h. */
const char *
link_error(const struct link *l)
{
	static char text[128];

	if (l->error[0] != '\0')
		return l->error;
	snprintf(text, sizeof(text), "%.60s: %s", l->to->host,
	    conn_error(&l->conn));
	return text;
}
