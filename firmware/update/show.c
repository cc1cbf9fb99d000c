#include "update/show.h"

#include "base/json_writer.h"

enum { JSON_BYTES = 2048 };

static void
write_slot(struct json_writer *w, const struct slot_view *view, unsigned slot,
    unsigned running)
{
	const char name[2] = { (char)('a' + slot), '\0' };

	json_object_begin(w, NULL);
	json_text(w, "slot", name);
	json_text(w, "state", slot_word(view->state[slot]));
	json_bool(w, "running", slot == running);
	json_uint(w, "priority", view->control.slot[slot].priority);
	json_uint(w, "tries", view->control.slot[slot].tries);
	json_object_end(w);
}

static void
show_json(struct caller *c, const struct trust *trust,
    const struct slot_view *view, bool is_updating)
{
	uint8_t text[JSON_BYTES];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "board", trust->board);
	json_text(&w, "version", trust->version);
	json_uint(&w, "release", trust->release);
	json_uint(&w, "floor", trust->floor);
	json_bool(&w, "updating", is_updating);
	json_array_begin(&w, "slots");
	for (unsigned slot = 0; slot < CONTROL_SLOTS; slot++)
		write_slot(&w, view, slot, trust->slot);
	json_array_end(&w);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK && buf_append_text(&out, "\n") == ST_OK)
		caller_write(c, 1, buf_span(&out));
}

static void
show_text(struct caller *c, const struct trust *trust,
    const struct slot_view *view, bool is_updating)
{
	caller_print(c, 1, TEXT_STATUS, trust->board, trust->version,
	    (unsigned long long)trust->release, 'a' + (int)trust->slot,
	    (unsigned long long)trust->floor);
	for (unsigned slot = 0; slot < CONTROL_SLOTS; slot++)
		caller_print(c, 1, TEXT_STATUS_SLOT, 'a' + (int)slot,
		    text_of_slot(c->french, view->state[slot]),
		    (unsigned)view->control.slot[slot].priority,
		    (unsigned)view->control.slot[slot].tries);
	if (is_updating)
		caller_print(c, 1, TEXT_STATUS_RUNS);
}

/* See show.h. */
void
show_status(struct caller *c, const struct trust *trust,
    const struct medium *medium, bool is_updating, bool json)
{
	struct slot_view view;
	enum refusal why = slot_look(trust, medium, &view);

	if (why != REFUSAL_NONE) {
		caller_refuse(c, why, TEXT_COUNT, "ab");
		return;
	}
	if (json)
		show_json(c, trust, &view, is_updating);
	else
		show_text(c, trust, &view, is_updating);
	caller_finish(c, CALLER_DONE);
}
