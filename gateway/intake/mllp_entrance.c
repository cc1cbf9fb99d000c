#include "intake/mllp_slots.h"

#include <stdlib.h>

#include "base/log.h"
#include "intake/auditor.h"
#include "intake/lis_tls.h"
#include "intake/peers.h"

/* Frames being received, all together. */
#define RECEIVING_BYTES ((size_t)128 * 1024 * 1024)
/* Beside that for each: a result and a short PDF never wait. */
#define RECEIVING_EACH  ((size_t)512 * 1024)

struct mllp mllp;

/* --- connections ----------------------------------------------------------- */

static struct mllp_slot *
free_slot(void)
{
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (!mllp.slots[i].is_used)
			return &mllp.slots[i];
	return NULL;
}

static struct conn *
on_waiting(void *owner)
{
	struct listener *door = owner;
	struct mllp_slot *slot = free_slot();

	if (slot == NULL) {
		mllp_room_for_one();
		return NULL;
	}
	if (session_init(&slot->session, &mllp.limits) != ST_OK)
		return NULL;
	slot->is_used = true;
	slot->is_leaving = false;
	slot->is_tls = door == &mllp.door[INTAKE_MLLPS];
	slot->source = NULL;
	slot->skipped = slot->partial = 0;
	return &slot->session.conn;
}

static bool
turn_away(struct mllp_slot *slot, const char *words)
{
	mllp.turned_away++;
	auditor_tell(&mllp.in->deliveries.shared, NULL, slot->peer, words);
	return false;
}

/* False: it was reset before it was accepted. */
static bool
has_peer(const struct mllp_slot *slot)
{
	static const uint8_t nobody[16];

	return memcmp(slot->peer, nobody, sizeof(nobody)) != 0;
}

/* Without TLS its address says who it is. */
static bool
may_enter(struct mllp_slot *slot)
{
	const struct config *config = &mllp.in->role->config;

	if (slot->is_tls) {
		mllp_limit_strangers(slot);
		return tls_wrap(&slot->session.conn, mllp.tls) == ST_OK;
	}
	if (!has_peer(slot))
		return false;
	if (!peers_may_connect(config, slot->peer))
		return turn_away(slot,
		    "connection from an address outside mllp.networks");
	slot->source = peers_by_address(config, slot->peer);
	if (slot->source == NULL)
		return turn_away(slot,
		    "connection from an address of no source (networks)");
	return mllp_room_of_source(slot);
}

static void
on_accepted(void *owner, struct conn *c)
{
	struct mllp_slot *slot = mllp_slot_of(c->owner);

	(void)owner;
	mllp.in->now.accepted++;
	mllp.in->now.connections++;
	mllp.n_used++;
	conn_peer(c, slot->peer);
	slot->since_ms = uv_now(&mllp.in->role->loop);
	if (may_enter(slot))
		session_start(&slot->session);
	else
		mllp_leave(slot);
}

static void
on_refused(void *owner, struct conn *c)
{
	(void)owner;
	mllp_slot_of(c->owner)->is_used = false;
}

/* See mllp_slots.h. */
void
mllp_leave(struct mllp_slot *slot)
{
	slot->is_leaving = true;
	session_stop(&slot->session);
}

/* See session.h. */
void
intake_session_done(struct session *s)
{
	struct mllp_slot *slot = mllp_slot_of(s);

	mllp_count_framing(slot);
	mllp.in->now.connections--;
	mllp.n_used--;
	slot->is_used = false;
	if (mllp.in->is_stopping) {
		intake_idle(mllp.in);
		return;
	}
	for (int i = 0; i < MLLP_DOORS; i++)
		listener_resume(&mllp.door[i]);
}

/* --- the role's events ------------------------------------------------------- */

static void
before_sleep(struct intake *in)
{
	struct ticket *t;

	(void)in;
	while ((t = budget_next(&mllp.receiving)) != NULL)
		session_room(t->owner);
}

static void
count(struct intake *in)
{
	(void)in;
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (mllp.slots[i].is_used)
			mllp_count_framing(&mllp.slots[i]);
	if (!in->is_stopping)
		mllp_room_of_strangers();
	if (mllp.turned_away == mllp.told_away || !intake_may_log(in))
		return;
	log_line(LOG_NOTICE, "%llu connections closed since the start: their "
	    "addresses are not in mllp.networks, or of no source",
	    (unsigned long long)mllp.turned_away);
	mllp.told_away = mllp.turned_away;
}

static void
stop(struct intake *in)
{
	(void)in;
	uv_timer_stop(&mllp.room);
	for (int i = 0; i < MLLP_DOORS; i++)
		listener_close(&mllp.door[i]);
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (mllp.slots[i].is_used)
			session_stop(&mllp.slots[i].session);
}

static bool
is_idle(const struct intake *in)
{
	(void)in;
	return mllp.n_used == 0;
}

/* --- the start ------------------------------------------------------------- */

static void
make_slots(struct intake *in)
{
	mllp.n_slots = (unsigned)in->role->config.mllp_connections_max;
	mllp.slots = calloc(mllp.n_slots, sizeof(*mllp.slots));
	if (mllp.slots == NULL)
		role_refuse("no memory for %u connections "
		    "(mllp.connections_max)", mllp.n_slots);
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (deliveries_add(&in->deliveries, &mllp.slots[i].delivery,
		    &mllp_delivery_owner, &mllp.slots[i].session) != ST_OK)
			role_refuse("mllp.connections_max is too high");
}

static void
open_door(int which, const char *key, const char *value)
{
	struct role *role = mllp.in->role;
	struct listener *door = &mllp.door[which];

	*door = (struct listener){ .on_waiting = on_waiting, .owner = door,
	    .on_accepted = on_accepted, .on_refused = on_refused };
	if (role->listen_fd[which] < 0)
		return;
	if (which == INTAKE_MLLPS)
		mllp.tls = lis_tls_server(role, mllp.n_slots, true);
	if (listener_open(door, &role->loop, role->listen_fd[which]) != ST_OK)
		role_refuse("cannot listen on %s = %s", key, value);
}

static void
open_entrance(struct intake *in)
{
	const struct config *config = &in->role->config;

	mllp.in = in;
	budget_init(&mllp.receiving, RECEIVING_BYTES, RECEIVING_EACH);
	mllp.limits = (struct session_limits){
		.idle_ms = config->mllp_idle_s * 1000,
		.frame_bytes_max = (size_t)config->frame_bytes_max,
		.receiving = &mllp.receiving,
	};
	uv_timer_init(&in->role->loop, &mllp.room);
	make_slots(in);
	open_door(INTAKE_MLLP, "mllp.listen", config->mllp_listen);
	open_door(INTAKE_MLLPS, "mllps.listen", config->mllps_listen);
}

/* See intake.h. */
const struct entrance mllp_entrance = {
	.open = open_entrance,
	.before_sleep = before_sleep,
	.count = count,
	.stop = stop,
	.is_idle = is_idle,
};
