/* Between a session and the delivery of its message: see session.h, "provided
 * by the role". */
#include "intake/mllp_slots.h"

#include "base/hex.h"
#include "base/log.h"
#include "crypto/random.h"
#include "intake/auditor.h"
#include "input/parse.h"
#include "intake/peers.h"

/* --- counting -------------------------------------------------------------- */

/* A connection that is closed between messages, by its end or reset, is
 * nothing to speak of (R9). */
static void
log_lost(struct mllp_slot *slot)
{
	struct conn *c = &slot->session.conn;

	if (!tls_is_broken(c))
		return;
	if (intake_may_log(mllp.in))
		log_line(LOG_NOTICE, "connection closed: %s", conn_error(c));
	if (tls_is_refused(c))
		auditor_tell(&mllp.in->deliveries.shared, NULL, slot->peer,
		    conn_error(c));
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

	if (what == SESSION_FRAME)
		mllp.in->now.frames++;
	else if (what == SESSION_LOST)
		log_lost(mllp_slot_of(s));
	else if (intake_may_log(mllp.in))
		log_line(LOG_NOTICE, "connection closed: %s", words[what]);
}

/* See mllp_slots.h. */
void
mllp_count_framing(struct mllp_slot *slot)
{
	const struct mllp_reader *r = &slot->session.mllp;

	mllp.in->now.skipped_bytes += r->skipped_bytes - slot->skipped;
	mllp.in->now.partial_frames += r->partial_frames - slot->partial;
	slot->skipped = r->skipped_bytes;
	slot->partial = r->partial_frames;
}

/* --- who it is ---------------------------------------------------------------- */

/* Inside TLS it is the handshake that says so; it has let in only those that
 * some source lists. */
static bool
find_source(struct mllp_slot *slot)
{
	const struct config *config = &mllp.in->role->config;
	uint8_t fingerprint[TLS_FINGERPRINT_BYTES];

	if (tls_peer_fingerprint(&slot->session.conn, fingerprint) != ST_OK)
		return false;
	slot->source = peers_by_fingerprint(config, fingerprint);
	return slot->source != NULL;
}

static bool
has_room(struct mllp_slot *slot)
{
	if (mllp_room_of_source(slot))
		return true;
	if (intake_may_log(mllp.in))
		log_line(LOG_NOTICE, "connection of source %s closed: all %u "
		    "that it may have are busy (connections_max)",
		    slot->source->name,
		    (unsigned)slot->source->connections_max);
	return false;
}

/* See session.h. */
bool
intake_admit(struct session *s)
{
	struct mllp_slot *slot = mllp_slot_of(s);

	if (slot->is_tls && (!find_source(slot) || !has_room(slot)))
		return false;
	s->commits = slot->source->commit_bytes;
	return true;
}

/* --- messages ------------------------------------------------------------------ */

/* See session.h. */
void
intake_store(struct session *s, struct span frame)
{
	struct mllp_slot *slot = mllp_slot_of(s);
	struct input input = { .kind = &input_hl7, .source = slot->source,
	    .bytes = frame, .peer = slot->peer };

	delivery_start(&slot->delivery, &input);
}

/* See session.h. */
enum status
intake_refuse_big(struct session *s, struct span part, struct buf *ack)
{
	enum status st = delivery_refuse_big(&mllp.in->deliveries.shared,
	    mllp_slot_of(s)->source, part, ack);

	if (st == ST_OK)
		mllp.in->now.refused++;
	return st;
}

/* See session.h. */
bool
intake_begin_batch(struct session *s, const struct hl7_batch *batch)
{
	const struct config_source *source = mllp_slot_of(s)->source;

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
	case DELIVERY_TRANSIENT:
		session_no_answer(s, true);
		return;
	case DELIVERY_UNREADABLE:
	case DELIVERY_WANTS:
		session_no_answer(s, false);
		return;
	case DELIVERY_POSTPONED:
		session_postpone(s, ack);
		return;
	default:
		session_answer(s, ack);
	}
}

/* See mllp_slots.h. */
const struct delivery_owner mllp_delivery_owner = {
	.on_frame_done = on_frame_done,
	.on_end = on_end,
};
