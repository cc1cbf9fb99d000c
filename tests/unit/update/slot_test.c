#include "update/slot.h"

#include "card.h"
#include "containers.h"
#include "tap.h"

static uint8_t image[8192];
static const struct span old = { image, sizeof(image) };
static struct trust box;

static struct medium
fresh(void)
{
	return card_make(sizeof(image), sizeof(image), old);
}

static enum slot_state
state(const struct medium *m, unsigned slot)
{
	struct slot_view view;

	return slot_look(&box, m, &view) == REFUSAL_NONE ? view.state[slot]
	    : SLOT_STATES;
}

static void
store(const struct medium *m, const struct control *c)
{
	if (control_store(m->control, c) != ST_OK)
		abort();
}

static void
test_states(void)
{
	struct medium m = fresh();
	struct control c = card_control(&m);

	ok(state(&m, 0) == SLOT_HEALTHY && state(&m, 1) == SLOT_READY,
	    "as the factory left it");
	c.slot[0].tries = 6;
	store(&m, &c);
	ok(state(&m, 0) == SLOT_TRIED, "booted, not found healthy yet");
	control_arm(&c, 1);
	store(&m, &c);
	ok(state(&m, 1) == SLOT_ARMED, "next");
	c.slot[1].tries = 0;
	store(&m, &c);
	ok(state(&m, 1) == SLOT_FAILED, "tried out: not next any more");
	control_mark_good(&c, 0);
	store(&m, &c);
	ok(state(&m, 0) == SLOT_HEALTHY && state(&m, 1) == SLOT_FAILED,
	    "that stays so once the running one is healthy again");
	control_close(&c, 1);
	store(&m, &c);
	ok(state(&m, 1) == SLOT_READY, "one that was taken back did not fail");
	if (medium_write(m.image[0], (struct span){ (const uint8_t *)"\0", 1 },
	    0) != ST_OK)
		abort();
	ok(state(&m, 1) == SLOT_EMPTY, "its first byte is gone");
	card_drop(&m);
	ok(state(&m, 1) == SLOT_STATES, "no card");
}

static void
test_go_back(void)
{
	struct medium m = fresh();
	struct control c;
	enum slot_state was;

	ok(slot_go_back(&box, &m, &was) == REFUSAL_NONE && was == SLOT_READY,
	    "back to the other slot");
	c = card_control(&m);
	ok(c.slot[1].priority > c.slot[0].priority && c.slot[1].tries ==
	    CONTROL_TRIES_NEW && c.slot[0].tries == CONTROL_TRIES_FULL,
	    "next, with new tries; the running one keeps its own");
	ok(slot_go_back(&box, &m, &was) == REFUSAL_NONE && was == SLOT_ARMED,
	    "taken back");
	c = card_control(&m);
	ok(c.slot[1].priority == 0 && c.slot[1].tries == 0, "closed");
	ok(slot_go_back(&box, &m, &was) == REFUSAL_NONE && was == SLOT_READY,
	    "and next again");
	card_drop(&m);
}

static void
test_refused(void)
{
	struct medium m = fresh();
	static const uint8_t zero[8192];
	struct control c = card_control(&m), after;
	enum slot_state was;

	if (medium_write(m.image[0], (struct span){ zero, 512 }, 0) != ST_OK)
		abort();
	ok(slot_go_back(&box, &m, &was) == REFUSAL_NO_IMAGE,
	    "nothing to go back to");
	after = card_control(&m);
	ok(memcmp(&c, &after, sizeof(c)) == 0, "nothing changed");
	if (medium_write(m.control, (struct span){ zero, 8192 }, 0) != ST_OK)
		abort();
	ok(slot_go_back(&box, &m, &was) == REFUSAL_CONTROL,
	    "a damaged boot-control block");
	close(m.control);
	ok(slot_go_back(&box, &m, &was) == REFUSAL_MEDIUM,
	    "none at all");
	m.control = -1;
	card_drop(&m);
}

/* A fault that both slots had drains both; what runs may be healthy again, or
 * not. */
static void
test_failed(void)
{
	struct medium m = fresh();
	struct control c = card_control(&m), after;
	enum slot_state was;

	for (unsigned is_tried = 0; is_tried < 2; is_tried++) {
		control_arm(&c, 1);
		c.slot[1].tries = 0;
		control_mark_good(&c, 0);
		if (is_tried)
			c.slot[0].tries = 6;
		store(&m, &c);
		ok(slot_go_back(&box, &m, &was) == REFUSAL_NONE &&
		    was == SLOT_FAILED, "back to one whose tries ran out, "
		    "from one %s", is_tried ? "not found healthy" : "healthy");
		after = card_control(&m);
		ok(after.slot[1].tries == CONTROL_TRIES_NEW &&
		    after.slot[1].priority > after.slot[0].priority &&
		    after.slot[0].tries == c.slot[0].tries,
		    "it is next, with new tries; what runs keeps its own");
	}
	card_drop(&m);
}

int
main(void)
{
	container_fill(image, sizeof(image), 1);
	box = container_box(sizeof(image), sizeof(image));
	test_states();
	test_go_back();
	test_refused();
	test_failed();
	return done_testing();
}
