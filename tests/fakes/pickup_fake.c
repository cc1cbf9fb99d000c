#include "pickup_fake.h"

#include <stdlib.h>

#include "conn_fake.h"

struct pickup_fake pickup_fake;

/* See pickup_fake.h. */
void
pickup_fake_reset(uv_loop_t *loop)
{
	struct pickup_fake *f = &pickup_fake;

	conn_fake_reset();
	while (f->pickup.n_spare_chunks > 0)
		free(f->pickup.spare_chunks[--f->pickup.n_spare_chunks]);
	f->pickup = (struct pickup){ .loop = loop, .role = &f->role,
	    .exchanges = &f->exchange, .n_exchanges = 1,
	    .n_per_address_max = 8, .vault_is_there = true };
	if (f->exchange.has_timer)
		uv_timer_stop(&f->exchange.timer);
	strcpy(f->role.config.pickup_origin, "https://h:8443");
	f->n_asked = f->n_returned_sessions = 0;
	f->n_taken = f->n_returned = 0;
	f->send_outcome = ST_OK;
	session_init(&f->session, &f->pickup);
	session_start(&f->session);
}

/* See pickup_fake.h. */
void
pickup_fake_deliver(const struct message *m)
{
	exchange_deliver(&pickup_fake.pickup, m->card_opened.request, m);
}

static struct span
keep(struct span s)
{
	uint8_t *copy = pickup_fake.kept + pickup_fake.n_kept;

	memcpy(copy, s.ptr, s.len);
	pickup_fake.n_kept += s.len;
	return (struct span){ copy, s.len };
}

enum status
role_send(struct role *role, enum role_id to, const struct message *m)
{
	struct pickup_fake *f = &pickup_fake;

	(void)role;
	if (to != ROLE_VAULT)
		return ST_DENIED;
	f->n_asked++;
	f->n_kept = 0;
	f->asked = *m;
	if (m->id == MSG_CARD_OPEN) {
		f->asked.card_open.card = keep(m->card_open.card);
		f->asked.card_open.token_hash = keep(m->card_open.token_hash);
	} else if (m->id == MSG_SHARE_OPEN) {
		f->asked.share_open.alias = keep(m->share_open.alias);
		f->asked.share_open.passcode_hash =
		    keep(m->share_open.passcode_hash);
	} else if (m->id == MSG_OBJECT_READ) {
		f->asked.object_read.name = keep(m->object_read.name);
	}
	return f->send_outcome;
}

struct exchange *
pickup_take_exchange(struct pickup *p)
{
	(void)p;
	pickup_fake.n_taken++;
	return &pickup_fake.exchange;
}

void
pickup_return_exchange(struct pickup *p, struct exchange *x)
{
	(void)p;
	(void)x;
	pickup_fake.n_returned++;
}

void
pickup_return_session(struct pickup *p, struct session *s)
{
	(void)p;
	(void)s;
	pickup_fake.n_returned_sessions++;
}

void
pickup_mark_idle(struct pickup *p, struct session *s)
{
	(void)p;
	s->is_idle = true;
}

void
pickup_mark_busy(struct pickup *p, struct session *s)
{
	(void)p;
	s->is_idle = false;
}

struct span
pickup_date(struct pickup *p)
{
	(void)p;
	return span_of("Sun, 06 Nov 1994 08:49:37 GMT");
}
