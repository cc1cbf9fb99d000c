/* MLLP as a way in: one slot per connection, each with a session and the
 * delivery of the message it is waiting for.  All memory but frames and
 * payloads is taken at the start. */
#include "intake/intake.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/log.h"
#include "crypto/random.h"
#include "intake/parse.h"
#include "intake/session.h"
#include "net/listener.h"

/* Frames being received, all together. */
#define RECEIVING_BYTES ((size_t)128 * 1024 * 1024)

struct slot {
	struct session  session;
	struct delivery delivery;
	const struct config_source *source;	/* whose connection it is */
	bool     is_used;
	uint64_t skipped, partial;	/* of the session, counted so far */
};

static struct mllp {
	struct intake *in;
	struct listener listener;
	struct budget receiving;
	struct session_limits limits;
	struct slot *slots;
	unsigned n_slots, n_used;
} mllp;

static struct slot *
slot_of(struct session *s)
{
	return (struct slot *)s;	/* its first member */
}

/* --- counting -------------------------------------------------------------- */

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

	(void)s;
	if (what == SESSION_FRAME)
		mllp.in->now.frames++;
	else if (intake_may_log(mllp.in))
		log_line(LOG_NOTICE, "connection closed: %s", words[what]);
}

/* The framer counts for itself; what is new goes into the totals. */
static void
count_framing(struct slot *slot)
{
	const struct mllp_reader *r = &slot->session.mllp;

	mllp.in->now.skipped_bytes += r->skipped_bytes - slot->skipped;
	mllp.in->now.partial_frames += r->partial_frames - slot->partial;
	slot->skipped = r->skipped_bytes;
	slot->partial = r->partial_frames;
}

static void
count(struct intake *in)
{
	(void)in;
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (mllp.slots[i].is_used)
			count_framing(&mllp.slots[i]);
}

/* --- between session and delivery ------------------------------------------ */

/* See session.h. */
void
intake_store(struct session *s, struct span frame)
{
	struct slot *slot = slot_of(s);
	struct input input = { .kind = &input_hl7, .source = slot->source,
	    .bytes = frame };

	delivery_start(&slot->delivery, &input);
}

/* See session.h. */
enum status
intake_refuse_big(struct session *s, struct span part, struct buf *ack)
{
	enum status st = delivery_refuse_big(&mllp.in->deliveries.shared,
	    slot_of(s)->source, part, ack);

	if (st == ST_OK)
		mllp.in->now.refused++;
	return st;
}

/* See session.h. */
bool
intake_begin_batch(struct session *s, const struct hl7_batch *batch)
{
	const struct config_source *source = slot_of(s)->source;

	if (batch->has_wrong_count) {
		mllp.in->deliveries.shared.warnings++;
		if (intake_may_log(mllp.in))
			log_line(LOG_NOTICE, "a batch of source %s does not "
			    "hold what it says (BTS-1, FTS-1): %u messages, %u "
			    "batches came; they are taken one by one",
			    source->name, batch->messages, batch->batches);
	}
	return source->batch_once;
}

/* See session.h. */
enum status
intake_answer_batch(struct session *s, const struct hl7_batch *batch,
    struct buf *ack)
{
	uint8_t random[10], id[2 * sizeof(random)];
	struct buf id_buf = buf_over(id, sizeof(id));

	(void)s;
	random_bytes(random, sizeof(random));
	TRY(hex_encode((struct span){ random, sizeof(random) }, &id_buf));
	return parse_batch_answer(batch,
	    mllp.in->deliveries.shared.now_ms(), buf_span(&id_buf), ack);
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

	intake_ended(mllp.in, how);
	switch (how) {
	case DELIVERY_IGNORED:
	case DELIVERY_SILENT:
		session_ignore(s);
		return;
	case DELIVERY_UNREADABLE:
	case DELIVERY_TRANSIENT:
	case DELIVERY_WANTS:
		session_no_answer(s);
		return;
	default:
		session_answer(s, ack);
	}
}

static const struct delivery_owner delivery_owner = {
	.on_frame_done = on_frame_done,
	.on_end = on_end,
};

/* --- connections ----------------------------------------------------------- */

/* The section that stands for any peer. */
static const struct config_source *
default_source(const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (strcmp(config->source[i].name, "default") == 0)
			return &config->source[i];
	return &config->source[0];
}

static struct conn *
on_waiting(void *owner)
{
	(void)owner;
	for (unsigned i = 0; i < mllp.n_slots; i++) {
		struct slot *slot = &mllp.slots[i];

		if (slot->is_used)
			continue;
		if (session_init(&slot->session, &mllp.limits) != ST_OK)
			return NULL;
		slot->is_used = true;
		slot->source = default_source(&mllp.in->role->config);
		slot->skipped = slot->partial = 0;
		return &slot->session.conn;
	}
	return NULL;
}

static void
on_accepted(void *owner, struct conn *c)
{
	(void)owner;
	mllp.in->now.accepted++;
	mllp.in->now.connections++;
	mllp.n_used++;
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
	struct slot *slot = slot_of(s);

	count_framing(slot);
	mllp.in->now.connections--;
	mllp.n_used--;
	slot->is_used = false;
	if (!mllp.in->is_stopping)
		listener_resume(&mllp.listener);
	else
		intake_idle(mllp.in);
}

static void
before_sleep(struct intake *in)
{
	struct ticket *t;

	(void)in;
	while ((t = budget_next(&mllp.receiving)) != NULL)
		session_room(t->owner);
}

static void
stop(struct intake *in)
{
	(void)in;
	listener_close(&mllp.listener);
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
		    &delivery_owner, &mllp.slots[i].session) != ST_OK)
			role_refuse("mllp.connections_max is too high");
}

static void
open_listener(struct intake *in)
{
	mllp.listener = (struct listener){ .on_waiting = on_waiting,
	    .on_accepted = on_accepted, .on_refused = on_refused };
	if (in->role->listen_fd[INTAKE_MLLP] < 0)
		return;
	if (listener_open(&mllp.listener, &in->role->loop,
	    in->role->listen_fd[INTAKE_MLLP]) != ST_OK)
		role_refuse("cannot listen on mllp.listen = %s",
		    in->role->config.mllp_listen);
}

static void
open_entrance(struct intake *in)
{
	const struct config *config = &in->role->config;

	mllp.in = in;
	budget_init(&mllp.receiving, RECEIVING_BYTES);
	mllp.limits = (struct session_limits){
		.idle_ms = config->mllp_idle_s * 1000,
		.frame_bytes_max = (size_t)config->frame_bytes_max,
		.receiving = &mllp.receiving,
	};
	make_slots(in);
	open_listener(in);
}

/* See intake.h. */
const struct entrance mllp_entrance = {
	.open = open_entrance,
	.before_sleep = before_sleep,
	.count = count,
	.stop = stop,
	.is_idle = is_idle,
};
