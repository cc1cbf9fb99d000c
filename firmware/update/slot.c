#include "update/slot.h"

static const char *const words[SLOT_STATES] = {
	[SLOT_HEALTHY] = "healthy",
	[SLOT_TRIED]   = "tried",
	[SLOT_ARMED]   = "armed",
	[SLOT_READY]   = "ready",
	[SLOT_FAILED]  = "failed",
	[SLOT_EMPTY]   = "empty",
};

/* See slot.h. */
const char *
slot_word(enum slot_state state)
{
	return words[state];
}

/* Would the boot loader take the other one? */
static bool
is_next(const struct control *c, unsigned running)
{
	const struct control_slot *other = &c->slot[1 - running];

	return other->tries > 0 &&
	    other->priority > c->slot[running].priority;
}

/* The boot loader took its tries away, and it was never healthy since.  Its
 * release need not be what was wrong: a bad supply drains both slots.  A slot
 * that was closed has no priority, too. */
static bool
has_failed(const struct control_slot *slot)
{
	return slot->tries == 0 && slot->priority > 0;
}

static enum slot_state
state_of_other(const struct medium *medium, const struct control *c,
    unsigned running)
{
	if (!medium_has_image(medium))
		return SLOT_EMPTY;
	if (has_failed(&c->slot[1 - running]))
		return SLOT_FAILED;
	return is_next(c, running) ? SLOT_ARMED : SLOT_READY;
}

/* See slot.h. */
enum refusal
slot_look(const struct trust *trust, const struct medium *medium,
    struct slot_view *out)
{
	unsigned running = trust->slot;
	enum refusal why = medium_load_control(medium, &out->control);

	if (why != REFUSAL_NONE)
		return why;
	out->state[running] = out->control.slot[running].tries
	    < CONTROL_TRIES_FULL ? SLOT_TRIED : SLOT_HEALTHY;
	out->state[1 - running] = state_of_other(medium, &out->control,
	    running);
	return REFUSAL_NONE;
}

/* See slot.h. */
enum refusal
slot_go_back(const struct trust *trust, const struct medium *medium,
    enum slot_state *was)
{
	unsigned other = 1 - trust->slot;
	struct slot_view view;
	enum refusal why = slot_look(trust, medium, &view);

	if (why != REFUSAL_NONE)
		return why;
	if (view.state[other] == SLOT_EMPTY)
		return REFUSAL_NO_IMAGE;
	*was = view.state[other];
	if (*was == SLOT_ARMED)
		control_close(&view.control, other);
	else
		control_arm(&view.control, other);
	return medium_store_control(medium, &view.control);
}
