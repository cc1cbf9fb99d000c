#include "intake/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "intake/delivery.h"
#include "intake/keyfile.h"
#include "intake/session.h"
#include "net/listener.h"
#include "os/locked.h"

enum {
	COUNTERS_MS = 2000,
	LINES_PER_TURN = 10	/* log lines that senders may cause in that time */
};
/* Frames being received, all together; and memory from parsing to sealing. */
#define RECEIVING_BYTES ((size_t)128 * 1024 * 1024)
#define WORKING_BYTES   ((size_t)64 * 1024 * 1024)

struct slot {
	struct session  session;
	struct delivery delivery;
	bool     is_used;
	uint64_t skipped, partial;	/* of the session, counted so far */
};

struct intake {
	struct role *role;
	struct listener listener;
	struct secret_32 *key;		/* locked memory */
	struct budget receiving;
	struct session_limits limits;
	struct delivery_shared shared;
	struct slot *slots;
	unsigned n_slots;
	struct msg_intake_counters now, told;
	uv_timer_t  timer, grace;
	uv_prepare_t before_sleep;
	bool is_stopping;
};

static struct intake *
of(struct role *role)
{
	return role->state;
}

static struct slot *
slot_of(struct session *s)
{
	return (struct slot *)s;	/* its first member */
}

static struct intake *
intake_of(struct session *s)
{
	return slot_of(s)->delivery.shared->role->state;
}

/* --- counting -------------------------------------------------------------- */

static bool
may_log(struct intake *in)
{
	if (in->shared.lines_left == 0)
		return false;
	in->shared.lines_left--;
	return true;
}

/* See session.h. */
void
intake_count(struct session *s, enum session_count what)
{
	static const char *const words[] = {
		[SESSION_CUT] = "a message was cut off by its sender",
		[SESSION_SLOW] = "a message came too slowly (mllp.idle)",
		[SESSION_NOISE] = "over 64 KiB without an MLLP block: does "
		    "the sender speak MLLP?",
		[SESSION_BIG] = "a message is longer than mllp.frame_max",
	};
	struct intake *in = intake_of(s);

	if (what == SESSION_FRAME)
		in->now.frames++;
	else if (may_log(in))
		log_line(LOG_NOTICE, "connection closed: %s", words[what]);
}

/* The framer counts for itself; what is new goes into the totals. */
static void
count_framing(struct intake *in, struct slot *slot)
{
	const struct mllp_reader *r = &slot->session.mllp;

	in->now.skipped_bytes += r->skipped_bytes - slot->skipped;
	in->now.partial_frames += r->partial_frames - slot->partial;
	slot->skipped = r->skipped_bytes;
	slot->partial = r->partial_frames;
}

static void
on_counters(uv_timer_t *timer)
{
	struct intake *in = timer->data;
	struct message m = { .id = MSG_INTAKE_COUNTERS };

	in->shared.lines_left = LINES_PER_TURN;
	for (unsigned i = 0; i < in->n_slots; i++)
		if (in->slots[i].is_used)
			count_framing(in, &in->slots[i]);
	in->now.warnings = in->shared.warnings;
	if (memcmp(&in->now, &in->told, sizeof(in->now)) == 0)
		return;
	m.intake_counters = in->now;
	if (role_send(in->role, ROLE_VAULT, &m) == ST_OK)
		in->told = in->now;
}

/* --- between session and delivery ------------------------------------------ */

/* See session.h. */
void
intake_store(struct session *s, struct span frame)
{
	delivery_start(&slot_of(s)->delivery, frame);
}

/* See session.h. */
enum status
intake_refuse_big(struct session *s, struct span part, struct buf *ack)
{
	struct intake *in = intake_of(s);
	enum status st = delivery_refuse_big(&in->shared, part, ack);

	if (st == ST_OK)
		in->now.refused++;
	return st;
}

static void
on_frame_done(void *owner)
{
	session_forget_frame(owner);
}

static void
on_end(void *owner, enum delivery_end how, struct span ack)
{
	struct session *s = owner;
	struct intake *in = intake_of(s);

	switch (how) {
	case DELIVERY_ACK:
		in->now.acked++;
		break;
	case DELIVERY_REPLAYED:
		in->now.duplicates++;
		break;
	case DELIVERY_REFUSED:
		in->now.refused++;
		break;
	case DELIVERY_IGNORED:
	case DELIVERY_SILENT:
		session_ignore(s);
		return;
	case DELIVERY_UNREADABLE:
		if (may_log(in))
			log_line(LOG_NOTICE, "connection closed: a message "
			    "has no MSH segment that can be answered");
		/* fall through */
	case DELIVERY_TRANSIENT:
		in->now.unanswered++;
		session_no_answer(s);
		return;
	}
	session_answer(s, ack);
}

static const struct delivery_owner delivery_owner = {
	.on_frame_done = on_frame_done,
	.on_end = on_end,
};

/* --- connections ----------------------------------------------------------- */

static struct conn *
on_waiting(void *owner)
{
	struct intake *in = owner;

	for (unsigned i = 0; i < in->n_slots; i++) {
		struct slot *slot = &in->slots[i];

		if (slot->is_used)
			continue;
		if (session_init(&slot->session, &in->limits) != ST_OK)
			return NULL;
		slot->is_used = true;
		slot->skipped = slot->partial = 0;
		return &slot->session.conn;
	}
	return NULL;
}

static void
on_accepted(void *owner, struct conn *c)
{
	struct intake *in = owner;

	in->now.accepted++;
	in->now.connections++;
	session_start(c->owner);
}

static void
on_refused(void *owner, struct conn *c)
{
	(void)owner;
	slot_of(c->owner)->is_used = false;
}

/* See session.h. */
void
intake_session_done(struct session *s)
{
	struct intake *in = intake_of(s);
	struct slot *slot = slot_of(s);

	count_framing(in, slot);
	in->now.connections--;
	slot->is_used = false;
	if (!in->is_stopping)
		listener_resume(&in->listener);
	else if (in->now.connections == 0)
		role_stopped(in->role);
}

/* Memory that was given back goes to who waits for it. */
static void
on_before_sleep(uv_prepare_t *handle)
{
	struct intake *in = handle->data;
	struct ticket *t;

	while ((t = budget_next(&in->shared.working)) != NULL)
		delivery_kick(t->owner);
	while ((t = budget_next(&in->receiving)) != NULL)
		session_room(t->owner);
}

/* --- the role's events ----------------------------------------------------- */

/* See intake.h. */
void
intake_on_answer(struct role *role, const struct message *m)
{
	struct intake *in = of(role);
	/* The first field of each of the four. */
	unsigned slot = delivery_slot_of(m->delivery_state.delivery);

	if (slot < in->n_slots)
		delivery_take(&in->slots[slot].delivery, m);
}

/* See intake.h. */
void
intake_on_peer_lost(struct role *role, enum role_id peer)
{
	struct intake *in = of(role);

	(void)peer;	/* the vault is the only one */
	log_line(LOG_WARNING, "the vault is gone: no answers until it is back");
	for (unsigned i = 0; i < in->n_slots; i++)
		if (in->slots[i].is_used)
			delivery_fail(&in->slots[i].delivery);
	/* A new vault starts from nothing. */
	memset(&in->told, 0, sizeof(in->told));
}

/* See intake.h. */
void
intake_on_drained(struct role *role, enum role_id peer)
{
	struct intake *in = of(role);

	(void)peer;
	for (unsigned i = 0; i < in->n_slots; i++)
		delivery_kick(&in->slots[i].delivery);
}

static void
on_grace_over(uv_timer_t *timer)
{
	struct intake *in = timer->data;

	role_stopped(in->role);
}

/* See intake.h. */
void
intake_on_stop(struct role *role, uint64_t grace_ms)
{
	struct intake *in = of(role);

	in->is_stopping = true;
	listener_close(&in->listener);
	if (in->now.connections == 0) {
		role_stopped(role);
		return;
	}
	uv_timer_start(&in->grace, on_grace_over, grace_ms, 0);
	for (unsigned i = 0; i < in->n_slots; i++)
		if (in->slots[i].is_used)
			session_stop(&in->slots[i].session);
}

/* --- the start ------------------------------------------------------------- */

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The section that stands for any peer (who is who comes with TLS). */
static const struct config_source *
source_of(const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (strcmp(config->source[i].name, "default") == 0)
			return &config->source[i];
	return &config->source[0];
}

static void
load_key(struct intake *in)
{
	const char *what = "";
	enum status st;

	in->key = locked_new(sizeof(*in->key));
	st = keyfile_load(in->role->config.state_dir, in->key, &what);
	if (st == ST_IO)
		role_refuse("%s: %s", what, strerror(errno));
	if (st == ST_DENIED)
		role_refuse("%s: others may read it; chmod 600", what);
	if (st != ST_OK)
		role_refuse("%s: not 32 bytes long; put the right file back, "
		    "or remove it: corrections of results sent before then "
		    "arrive as new reports", what);
}

static void
make_slots(struct intake *in)
{
	in->n_slots = (unsigned)in->role->config.mllp_connections_max;
	if (in->n_slots > DELIVERY_SLOTS)
		in->n_slots = DELIVERY_SLOTS;
	in->slots = calloc(in->n_slots, sizeof(*in->slots));
	if (in->slots == NULL)
		role_refuse("no memory for %u connections "
		    "(mllp.connections_max)", in->n_slots);
	for (unsigned i = 0; i < in->n_slots; i++)
		delivery_init(&in->slots[i].delivery, &in->shared,
		    &delivery_owner, &in->slots[i].session, i);
}

static void
open_listener(struct intake *in)
{
	struct role *role = in->role;

	in->listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted, .on_refused = on_refused,
	    .owner = in };
	in->timer.data = in->grace.data = in->before_sleep.data = in;
	uv_timer_init(&role->loop, &in->timer);
	uv_timer_init(&role->loop, &in->grace);
	uv_prepare_init(&role->loop, &in->before_sleep);
	uv_timer_start(&in->timer, on_counters, COUNTERS_MS, COUNTERS_MS);
	uv_prepare_start(&in->before_sleep, on_before_sleep);
	if (listener_open(&in->listener, &role->loop,
	    role->listen_fd[0]) != ST_OK)
		role_refuse("cannot listen on mllp.listen = %s",
		    role->config.mllp_listen);
}

/* See intake.h. */
void
intake_prepare(struct role *role)
{
	static struct intake in;
	const struct config *config = &role->config;

	role->state = &in;
	in.role = role;
	load_key(&in);
	budget_init(&in.receiving, RECEIVING_BYTES);
	in.limits = (struct session_limits){
		.idle_ms = config->mllp_idle_s * 1000,
		.frame_bytes_max = (size_t)config->frame_bytes_max,
		.receiving = &in.receiving,
	};
	in.shared = (struct delivery_shared){
		.role = role, .source = source_of(config), .key = in.key,
		.lines_left = LINES_PER_TURN, .now_ms = now_ms,
	};
	budget_init(&in.shared.working, WORKING_BYTES);
	make_slots(&in);
	open_listener(&in);
}
