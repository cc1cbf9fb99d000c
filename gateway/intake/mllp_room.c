#include "intake/mllp_slots.h"

static uint64_t
silent_ms(const struct mllp_slot *slot)
{
	uint64_t now = uv_now(&mllp.in->role->loop);

	if (!slot->is_used || slot->is_leaving ||
	    !session_is_idle(&slot->session))
		return 0;
	return now - slot->session.active_ms;
}

/* Does `a` leave rather than `b`? */
static bool
leaves_first(const struct mllp_slot *a, const struct mllp_slot *b)
{
	bool a_unknown = a->source == NULL, b_unknown = b->source == NULL;

	if (a_unknown != b_unknown)
		return a_unknown;
	return silent_ms(a) > silent_ms(b);
}

/* Of the newcomer's source, or of all where that is NULL; NULL: none is
 * idle. */
static struct mllp_slot *
longest_silent(const struct mllp_slot *newcomer)
{
	struct mllp_slot *best = NULL;

	for (unsigned i = 0; i < mllp.n_slots; i++) {
		struct mllp_slot *slot = &mllp.slots[i];

		if (slot == newcomer ||
		    silent_ms(slot) < MLLP_IDLE_LEAST_MS ||
		    (newcomer != NULL && slot->source != newcomer->source))
			continue;
		if (best == NULL || leaves_first(slot, best))
			best = slot;
	}
	return best;
}

/* See mllp_slots.h. */
bool
mllp_room_of_source(struct mllp_slot *slot)
{
	struct mllp_slot *leaver;
	uint64_t n = 0;

	for (unsigned i = 0; i < mllp.n_slots; i++)
		n += mllp.slots[i].is_used && !mllp.slots[i].is_leaving &&
		    &mllp.slots[i] != slot &&
		    mllp.slots[i].source == slot->source;
	if (n < slot->source->connections_max)
		return true;
	leaver = longest_silent(slot);
	if (leaver == NULL)
		return false;
	mllp_leave(leaver);
	return true;
}

static bool
is_in_handshake(const struct mllp_slot *slot)
{
	return slot->is_used && slot->is_tls && !slot->is_leaving &&
	    !tls_is_open(&slot->session.conn);
}

/* See mllp_slots.h. */
void
mllp_limit_strangers(const struct mllp_slot *newcomer)
{
	struct mllp_slot *leaver = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < mllp.n_slots; i++) {
		struct mllp_slot *slot = &mllp.slots[i];

		if (!is_in_handshake(slot) || slot == newcomer ||
		    memcmp(slot->peer, newcomer->peer, sizeof(slot->peer)) != 0)
			continue;
		n++;
		if (leaver == NULL || slot->since_ms < leaver->since_ms)
			leaver = slot;
	}
	if (leaver != NULL && n >= (mllp.n_slots + 1) / 2)
		mllp_leave(leaver);
}

static bool
is_wanted(void)
{
	if (mllp.n_used < mllp.n_slots)
		return false;
	for (unsigned i = 0; i < mllp.n_slots; i++)
		if (mllp.slots[i].is_leaving)
			return false;
	for (int i = 0; i < MLLP_DOORS; i++)
		if (mllp.door[i].is_open && mllp.door[i].is_waiting)
			return true;
	return false;
}

static void
on_room(uv_timer_t *timer)
{
	struct mllp_slot *leaver;

	if (!is_wanted()) {
		uv_timer_stop(timer);
		return;
	}
	leaver = longest_silent(NULL);
	if (leaver != NULL)
		mllp_leave(leaver);
}

/* See mllp_slots.h.  Not at once: a listener is waiting only after it was
 * told that there is no room. */
void
mllp_room_for_one(void)
{
	if (!uv_is_active((uv_handle_t *)&mllp.room))
		uv_timer_start(&mllp.room, on_room, 0, MLLP_ROOM_EVERY_MS);
}

/* See mllp_slots.h. */
void
mllp_room_of_strangers(void)
{
	uint64_t now = uv_now(&mllp.in->role->loop);

	for (unsigned i = 0; i < mllp.n_slots; i++) {
		struct mllp_slot *slot = &mllp.slots[i];

		if (is_in_handshake(slot) && now - slot->since_ms >
		    MLLP_HANDSHAKE_MS)
			mllp_leave(slot);
	}
}
