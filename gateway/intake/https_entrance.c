/* HTTPS as a way in: one slot per connection, each with its exchange and the
 * delivery of what was posted.  Only senders with a certificate that a source
 * lists get a word in (lis_tls.h). */
#include "intake/intake.h"

#include <stdlib.h>

#include "base/log.h"
#include "intake/auditor.h"
#include "intake/https_exchange.h"
#include "intake/lis_tls.h"
#include "intake/peers.h"
#include "net/listener.h"

enum {
	CONNECTIONS_MAX = 32,
	/* Of one address, as long as it has not shown who it is. */
	STRANGERS_MAX   = CONNECTIONS_MAX / 2,
	/* Shorter silences are pauses between two requests. */
	IDLE_LEAST_MS   = 1000,
	ROOM_EVERY_MS   = 250
};
/* Bodies being received, all together. */
#define RECEIVING_BYTES ((size_t)64 * 1024 * 1024)
/* Beside that for each: a result and a short PDF never wait. */
#define RECEIVING_EACH  ((size_t)512 * 1024)

struct slot {
	struct https_exchange exchange;
	struct delivery delivery;
	const struct config_source *source;	/* NULL: not known yet */
	uint8_t peer[16];
	bool    is_used, is_wrapped;
};

static struct https {
	struct intake *in;
	struct listener listener;
	struct tls_server *tls;
	struct budget receiving;
	struct https_limits limits;
	struct slot *slots;		/* NULL: fhir.listen is none */
	unsigned n_used;
	uv_timer_t room;
} https;

static struct slot *
slot_of(struct https_exchange *x)
{
	return (struct slot *)x;	/* its first member */
}

/* --- between exchange and delivery ------------------------------------------ */

static unsigned
connections_of(const struct config_source *source)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		n += https.slots[i].is_used && https.slots[i].source == source;
	return n;
}

/* See https_exchange.h. */
unsigned
https_admit(struct https_exchange *x)
{
	struct slot *slot = slot_of(x);
	const struct config_source *source;
	uint8_t fingerprint[TLS_FINGERPRINT_BYTES];

	if (tls_peer_fingerprint(&x->conn, fingerprint) != ST_OK)
		return 403;
	source = peers_by_fingerprint(&https.in->role->config, fingerprint);
	if (source == NULL)
		return 403;
	if (connections_of(source) >= source->connections_max)
		return 503;
	slot->source = source;
	return 0;
}

/* See https_exchange.h. */
void
https_store(struct https_exchange *x, const struct input *from)
{
	struct slot *slot = slot_of(x);
	struct input input = *from;

	https.in->now.frames++;
	input.source = slot->source;
	input.peer = slot->peer;
	delivery_start(&slot->delivery, &input);
}

/* See https_exchange.h. */
void
https_lost(struct https_exchange *x)
{
	if (!slot_of(x)->is_wrapped || !tls_is_broken(&x->conn))
		return;
	if (intake_may_log(https.in))
		log_line(LOG_NOTICE, "connection to fhir.listen closed: %s",
		    conn_error(&x->conn));
	if (tls_is_refused(&x->conn))
		auditor_tell(&https.in->deliveries.shared, NULL,
		    slot_of(x)->peer, conn_error(&x->conn));
}

static void
on_frame_done(void *owner)
{
	https_exchange_forget(owner);
}

/* A request brings all there will ever be. */
static const char wants_pdf[] = "422\n{\"resourceType\":\"OperationOutcome\","
    "\"issue\":[{\"severity\":\"error\",\"code\":\"required\","
    "\"diagnostics\":\"the PDF must come in the same request\"}]}";

static void
on_end(void *owner, enum delivery_end how, struct span answer)
{
	intake_ended(https.in, how);
	if (how == DELIVERY_WANTS)
		https_exchange_answer(owner, span_of(wants_pdf));
	else if (answer.len > 0)
		https_exchange_answer(owner, answer);
	else
		https_exchange_no_answer(owner);
}

static const struct delivery_owner delivery_owner = {
	.on_frame_done = on_frame_done,
	.on_end = on_end,
};

/* --- connections ----------------------------------------------------------- */

static uint64_t
idle_ms(const struct slot *slot)
{
	if (!slot->is_used || !https_exchange_is_idle(&slot->exchange))
		return 0;
	return uv_now(&https.in->role->loop) - slot->exchange.idle_since_ms;
}

/* Strangers leave before those who are known, then who was idle longest. */
static bool
leaves_first(const struct slot *a, const struct slot *b)
{
	if ((a->source == NULL) != (b->source == NULL))
		return a->source == NULL;
	return idle_ms(a) > idle_ms(b);
}

/* All slots are taken and somebody waits. */
static void
on_room(uv_timer_t *timer)
{
	struct slot *leaver = NULL;

	if (!https.listener.is_waiting || https.n_used < CONNECTIONS_MAX) {
		uv_timer_stop(timer);
		return;
	}
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct slot *slot = &https.slots[i];

		if (idle_ms(slot) >= IDLE_LEAST_MS &&
		    (leaver == NULL || leaves_first(slot, leaver)))
			leaver = slot;
	}
	if (leaver != NULL)
		https_exchange_stop(&leaver->exchange);
}

/* Whoever has no certificate may not keep out those who have: where too many
 * of one address have not shown theirs, the first of them leaves. */
static void
limit_strangers(const struct slot *newcomer)
{
	struct slot *leaver = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct slot *slot = &https.slots[i];

		if (!slot->is_used || slot->source != NULL || slot == newcomer ||
		    memcmp(slot->peer, newcomer->peer, sizeof(slot->peer)) != 0)
			continue;
		n++;
		if (leaver == NULL || idle_ms(slot) > idle_ms(leaver))
			leaver = slot;
	}
	if (n >= STRANGERS_MAX)
		https_exchange_stop(&leaver->exchange);
}

static struct conn *
on_waiting(void *owner)
{
	(void)owner;
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++) {
		struct slot *slot = &https.slots[i];

		if (slot->is_used)
			continue;
		if (https_exchange_init(&slot->exchange, &https.limits) !=
		    ST_OK)
			return NULL;
		slot->is_used = true;
		slot->is_wrapped = false;
		slot->source = NULL;
		return &slot->exchange.conn;
	}
	if (!uv_is_active((uv_handle_t *)&https.room))
		uv_timer_start(&https.room, on_room, 0, ROOM_EVERY_MS);
	return NULL;
}

static void
on_accepted(void *owner, struct conn *c)
{
	struct slot *slot = slot_of(c->owner);

	(void)owner;
	https.in->now.accepted++;
	https.in->now.connections++;
	https.n_used++;
	conn_peer(c, slot->peer);
	limit_strangers(slot);
	slot->is_wrapped = tls_wrap(c, https.tls) == ST_OK;
	if (slot->is_wrapped)
		https_exchange_start(&slot->exchange);
	else
		https_exchange_stop(&slot->exchange);
}

static void
on_refused(void *owner, struct conn *c)
{
	(void)owner;
	slot_of(c->owner)->is_used = false;
}

/* See https_exchange.h. */
void
https_done(struct https_exchange *x)
{
	slot_of(x)->is_used = false;
	https.in->now.connections--;
	https.n_used--;
	if (https.in->is_stopping)
		intake_idle(https.in);
	else
		listener_resume(&https.listener);
}

/* --- the role's events ----------------------------------------------------- */

static void
before_sleep(struct intake *in)
{
	struct ticket *t;

	(void)in;
	while (https.slots != NULL &&
	    (t = budget_next(&https.receiving)) != NULL)
		https_exchange_room(t->owner);
}

static void
stop(struct intake *in)
{
	(void)in;
	if (https.slots == NULL)
		return;
	uv_timer_stop(&https.room);
	listener_close(&https.listener);
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		if (https.slots[i].is_used)
			https_exchange_stop(&https.slots[i].exchange);
}

static bool
is_idle(const struct intake *in)
{
	(void)in;
	return https.n_used == 0;
}

/* --- the start ------------------------------------------------------------- */

static void
make_slots(struct intake *in)
{
	https.slots = calloc(CONNECTIONS_MAX, sizeof(*https.slots));
	if (https.slots == NULL)
		role_refuse("no memory for fhir.listen");
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		if (deliveries_add(&in->deliveries, &https.slots[i].delivery,
		    &delivery_owner, &https.slots[i].exchange) != ST_OK)
			role_refuse("mllp.connections_max is too high beside "
			    "fhir.listen");
}

static void
open_entrance(struct intake *in)
{
	const struct config *config = &in->role->config;

	https.in = in;
	https.listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted, .on_refused = on_refused };
	if (in->role->listen_fd[INTAKE_FHIR] < 0)
		return;
	budget_init(&https.receiving, RECEIVING_BYTES, RECEIVING_EACH);
	https.limits = (struct https_limits){
		.idle_ms = config->mllp_idle_s * 1000,
		.body_bytes_max = (size_t)config->frame_bytes_max,
		.receiving = &https.receiving,
	};
	uv_timer_init(&in->role->loop, &https.room);
	make_slots(in);
	https.tls = lis_tls_server(in->role, CONNECTIONS_MAX, false);
	if (listener_open(&https.listener, &in->role->loop,
	    in->role->listen_fd[INTAKE_FHIR]) != ST_OK)
		role_refuse("cannot listen on fhir.listen = %s",
		    config->fhir_listen);
}

/* See intake.h. */
const struct entrance https_entrance = {
	.open = open_entrance,
	.before_sleep = before_sleep,
	.stop = stop,
	.is_idle = is_idle,
};
