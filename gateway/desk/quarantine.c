#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

enum { PAGE_ROWS = 50 };

/* --- quarantine list ------------------------------------------------------------- */

static void
ask_rows(struct session *s)
{
	struct message m = { .id = MSG_QUARANTINE_LIST };

	memcpy(&m.quarantine_list.after, s->last,
	    sizeof(m.quarantine_list.after));
	m.quarantine_list.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.quarantine_list.request);
}

/* See command.h. */
void
quarantine_list_start(struct session *s)
{
	memset(s->last, 0, sizeof(s->last));
	ask_rows(s);
}

static void
print_json(struct session *s, const struct msg_quarantine_row *row)
{
	uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_uint(&w, "number", row->number);
	json_uint(&w, "at", row->at_s);
	json_uint(&w, "times", row->times);
	json_span(&w, "source", row->source);
	json_span(&w, "reason", row->reason);
	json_span(&w, "card", row->card);
	json_bool(&w, "blocks", row->blocks != 0);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_row(struct session *s, const struct msg_quarantine_row *row)
{
	char at[FORMAT_MAX], source[65], reason[65], card[25];

	format_instant(row->at_s, at);
	snprintf(source, sizeof(source), "%.*s", (int)row->source.len,
	    (const char *)row->source.ptr);
	snprintf(reason, sizeof(reason), "%.*s", (int)row->reason.len,
	    (const char *)row->reason.ptr);
	snprintf(card, sizeof(card), "%.*s", (int)row->card.len,
	    (const char *)row->card.ptr);
	session_print(s, 1, row->blocks != 0 ? TEXT_QUARANTINE_BLOCKS
	    : TEXT_QUARANTINE_ASIDE, (unsigned long long)row->number, at,
	    source, (unsigned long long)row->times, reason, card);
}

/* See command.h. */
void
quarantine_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_QUARANTINE_ROW) {
		if (s->options.json)
			print_json(s, &m->quarantine_row);
		else
			print_row(s, &m->quarantine_row);
		s->rows++;
		memcpy(s->last, &m->quarantine_row.number,
		    sizeof(m->quarantine_row.number));
		return;
	}
	if (m->id == MSG_DONE)
		session_finish_page(s, &m->done, ask_rows, TEXT_NO_QUARANTINE);
}

/* --- quarantine clear ------------------------------------------------------------ */

/* See command.h. */
void
quarantine_clear_start(struct session *s)
{
	struct message m = { .id = MSG_QUARANTINE_CLEAR };

	if (format_parse_number(s->options.operand,
	    &m.quarantine_clear.number) != ST_OK) {
		session_print(s, 2, TEXT_NO_SUCH_QUARANTINE,
		    s->options.operand);
		session_finish(s, 1);
		return;
	}
	m.quarantine_clear.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.quarantine_clear.request);
}

/* See command.h. */
void
quarantine_clear_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_QUARANTINE_CLEARED,
		    TEXT_NO_SUCH_QUARANTINE);
}
