#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "config/box.h"
#include "desk/command.h"
#include "desk/format.h"
#include "desk/phrases.h"

typedef unsigned long long number;	/* what %llu takes */

/* First the supervisor's rows, and on an appliance what it says about the box,
 * then the vault's figures. */
enum {
	SAW_COURIER = 1,	/* in session.step */
	SAW_BOX = 2
};

/* See command.h. */
void
status_start(struct session *s)
{
	struct message m = { .id = MSG_HEALTH_GET };

	if (s->options.json) {
		json_start(&s->json, &s->out);
		json_object_begin(&s->json, NULL);
		json_array_begin(&s->json, "processes");
	} else {
		session_print(s, 1, TEXT_STATUS_PROCESSES);
	}
	session_ask(s, ROLE_SUPERVISOR, &m, &m.health_get.request);
}

static const char *
name_of_role(uint64_t role)
{
	return role < ROLE_COUNT ? role_name((enum role_id)role) : "?";
}

static void
json_health(struct session *s, const struct msg_health_row *row)
{
	json_object_begin(&s->json, NULL);
	json_text(&s->json, "role", name_of_role(row->role));
	json_uint(&s->json, "pid", row->pid);
	json_bool(&s->json, "ready", row->ready != 0);
	json_uint(&s->json, "restarts", row->restarts);
	json_uint(&s->json, "up_s", row->up_s);
	json_span(&s->json, "last_death", row->last_death);
	json_object_end(&s->json);
}

static void
print_health(struct session *s, const struct msg_health_row *row)
{
	char up[FORMAT_MAX], death[65];
	const char *lead = row->last_death.len == 0 ? ""
	    : text_in(s->lang, TEXT_STATUS_LAST_DEATH);

	format_span(s->lang, row->up_s, up);
	snprintf(death, sizeof(death), "%.*s", (int)row->last_death.len,
	    (const char *)row->last_death.ptr);
	if (row->pid != 0)
		session_print(s, 1, TEXT_STATUS_RUNNING,
		    name_of_role(row->role), (number)row->pid, up,
		    (number)row->restarts, lead, death);
	else
		session_print(s, 1, TEXT_STATUS_DOWN, name_of_role(row->role),
		    (number)row->restarts, lead, death);
}

/* --- the box --------------------------------------------------------------- */

static const char *
letter(uint64_t slot)
{
	return slot == 0 ? "a" : "b";
}

/* The processes' rows are all there: this ends their array. */
static void
json_box(struct session *s, const struct msg_box_state *b)
{
	struct json_writer *w = &s->json;

	json_array_end(w);
	json_object_begin(w, "box");
	json_span(w, "board", b->board);
	json_span(w, "version", b->version);
	json_uint(w, "release", b->release);
	json_text(w, "slot", letter(b->slot));
	json_span(w, "started", b->reset);
	json_span(w, "slot_change", b->change);
	json_span(w, "data", b->data);
	json_span(w, "network", b->network);
	json_object_end(w);
}

static void
print_box(struct session *s, const struct msg_box_state *b)
{
	char version[BOX_NAME_MAX], board[BOX_NAME_MAX];
	char reset[PHRASE_MAX], change[PHRASE_MAX];
	char data[PHRASE_MAX], network[PHRASE_MAX];

	snprintf(version, sizeof(version), "%.*s", (int)b->version.len,
	    (const char *)b->version.ptr);
	snprintf(board, sizeof(board), "%.*s", (int)b->board.len,
	    (const char *)b->board.ptr);
	session_print(s, 1, TEXT_STATUS_FIRMWARE, version, (number)b->release,
	    letter(b->slot), board);
	session_print(s, 1, TEXT_STATUS_STARTED,
	    phrase_in(s->lang, b->reset, reset), b->change.len > 0
	    ? phrase_in(s->lang, b->change, change)
	    : text_in(s->lang, TEXT_STATUS_SAME_SLOT));
	session_print(s, 1, TEXT_STATUS_DATA,
	    phrase_in(s->lang, b->data, data),
	    phrase_in(s->lang, b->network, network));
}

static void
show_box(struct session *s, const struct msg_box_state *b)
{
	s->step |= SAW_BOX;
	if (s->options.json)
		json_box(s, b);
	else
		print_box(s, b);
}

/* --- the vault's figures --------------------------------------------------- */

static void
hex_root(const struct msg_status *st, char out[static 65])
{
	struct buf hex = buf_over(out, 64);

	out[0] = '\0';
	if (hex_encode(st->audit_root, &hex) == ST_OK)
		out[64] = '\0';
}

static void
json_status(struct session *s, const struct msg_status *st)
{
	const struct { const char *key; uint64_t value; } figures[] = {
		{ "cards", st->cards },
		{ "bundles_open", st->bundles_open },
		{ "bundles_withheld", st->bundles_withheld },
		{ "bundles_lab", st->bundles_lab },
		{ "tombstones", st->tombstones },
		{ "quarantined", st->quarantined },
		{ "database_bytes", st->database_bytes },
		{ "segment_bytes", st->segment_bytes },
		{ "free_bytes", st->free_bytes },
		{ "audit_size", st->audit_size },
		{ "now_low", st->now_low_s },
		{ "now_high", st->now_high_s },
		{ "time_quality", st->time_quality },
		{ "last_sweep", st->last_sweep_s },
		{ "connections", st->connections },
		{ "frames", st->frames },
		{ "acked", st->acked },
		{ "refused", st->refused },
		{ "unanswered", st->unanswered },
		{ "duplicates", st->duplicates },
		{ "alarms", st->alarms },
		{ "outbox", st->outbox },
	};
	char root[65];

	hex_root(st, root);
	for (size_t i = 0; i < COUNT(figures); i++)
		json_uint(&s->json, figures[i].key, figures[i].value);
	json_text(&s->json, "audit_root", root);
}

static void
print_status(struct session *s, const struct msg_status *st)
{
	char root[65], now[FORMAT_MAX], sweep[FORMAT_MAX];

	hex_root(st, root);
	format_instant(st->now_low_s, now);
	format_instant(st->last_sweep_s, sweep);
	session_print(s, 1, TEXT_STATUS_CARDS, (number)st->cards);
	session_print(s, 1, TEXT_STATUS_BUNDLES, (number)st->bundles_open,
	    (number)st->bundles_withheld, (number)st->bundles_lab,
	    (number)st->tombstones, (number)st->quarantined);
	session_print(s, 1, TEXT_STATUS_LIS, (number)st->connections,
	    (number)st->frames, (number)st->acked, (number)st->refused,
	    (number)st->unanswered, (number)st->duplicates);
	session_print(s, 1, TEXT_STATUS_OUTBOX, (number)st->outbox,
	    (number)st->alarms, st->alarms == 0 ? ""
	    : text_in(s->lang, TEXT_STATUS_LOOK));
	session_print(s, 1, TEXT_STATUS_STORE,
	    (number)(st->database_bytes / 1024),
	    (number)(st->segment_bytes / 1024),
	    (number)(st->free_bytes / 1048576));
	session_print(s, 1, TEXT_STATUS_AUDIT, (number)st->audit_size, root);
	session_print(s, 1, TEXT_STATUS_TIME, now, (number)st->time_quality,
	    sweep);
}

static void
end_of_health(struct session *s)
{
	struct message m = { .id = MSG_STATUS_GET };

	bool has_courier = (s->step & SAW_COURIER) != 0;

	if (s->options.json) {
		if ((s->step & SAW_BOX) == 0)
			json_array_end(&s->json);
		json_bool(&s->json, "courier_wanted", has_courier);
	} else if (!has_courier) {
		session_print(s, 1, TEXT_STATUS_NO_COURIER);
	}
	session_ask(s, ROLE_VAULT, &m, &m.status_get.request);
}

static void
end_of_status(struct session *s, const struct msg_box *box)
{
	if (s->options.json) {
		json_bool(&s->json, "lab_card", box->has_lab_card != 0);
		json_object_end(&s->json);
		if (json_finish(&s->json) == ST_OK)
			session_write(s, span_of("\n"));
	} else if (box->has_lab_card == 0) {
		session_print(s, 1, TEXT_STATUS_NO_LAB_CARD);
	}
	session_finish(s, 0);
}

static void
show_status(struct session *s, const struct msg_status *st)
{
	struct message m = { .id = MSG_BOX_GET };

	if (s->options.json)
		json_status(s, st);
	else
		print_status(s, st);
	session_ask(s, ROLE_VAULT, &m, &m.box_get.request);
}

/* See command.h. */
void
status_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_HEALTH_ROW && m->health_row.role == ROLE_COURIER)
		s->step |= SAW_COURIER;	/* it is wanted */
	if (m->id == MSG_HEALTH_ROW && s->options.json)
		json_health(s, &m->health_row);
	else if (m->id == MSG_HEALTH_ROW)
		print_health(s, &m->health_row);
	else if (m->id == MSG_BOX_STATE)
		show_box(s, &m->box_state);
	else if (m->id == MSG_HEALTH_END)
		end_of_health(s);
	else if (m->id == MSG_STATUS)
		show_status(s, &m->status);
	else if (m->id == MSG_BOX)
		end_of_status(s, &m->box);
}
