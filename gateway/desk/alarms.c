#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

enum { PAGE_ROWS = 50 };

/* What it is called, what to do about it, its name in JSON. */
static const struct {
	enum text_id what, todo;
	const char *name;
} alarms[ALARM_COUNT] = {
#define X(name, text) \
	[ALARM_##name] = { TEXT_ALARM_##name, TEXT_ALARM_TODO_##name, text },
	ALARM_MAP(X)
#undef X
};

static void
print_json(struct session *s, const struct msg_alarm_row *row)
{
	char card[FORMAT_MAX];
	uint8_t text[512];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	format_card(row->card, card);
	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "type", "alarm");
	json_uint(&w, "number", row->number);
	json_text(&w, "alarm", row->kind < ALARM_COUNT
	    ? alarms[row->kind].name : "?");
	json_uint(&w, "since", row->since_s);
	json_uint(&w, "last", row->last_s);
	json_uint(&w, "times", row->times);
	json_text(&w, "card", card);
	json_span(&w, "error", row->error);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_words(struct session *s, const struct msg_alarm_row *row)
{
	char last[FORMAT_MAX], since[FORMAT_MAX], card[FORMAT_MAX], error[129];
	const char *what = "?", *todo = "?";

	if (row->kind < ALARM_COUNT) {
		what = text_in(s->lang, alarms[row->kind].what);
		todo = text_in(s->lang, alarms[row->kind].todo);
	}
	format_instant(row->last_s, last);
	format_instant(row->since_s, since);
	format_card(row->card, card);
	snprintf(error, sizeof(error), "%.*s", (int)row->error.len,
	    (const char *)row->error.ptr);
	session_print(s, 1, TEXT_ALARM_ROW, (unsigned long long)row->number,
	    last, what, since, (unsigned long long)row->times,
	    card[0] == '\0' ? "" : text_in(s->lang, TEXT_ALARM_OF_CARD), card,
	    error[0] == '\0' ? "" : text_in(s->lang, TEXT_COLON), error,
	    todo);
}

/* See command.h. */
void
alarm_print(struct session *s, const struct msg_alarm_row *row)
{
	if (s->options.json)
		print_json(s, row);
	else
		print_words(s, row);
	s->rows++;
	memcpy(s->last, &row->number, sizeof(row->number));
}

/* --- alarm list ------------------------------------------------------------------- */

/* See command.h. */
void
alarm_ask(struct session *s)
{
	struct message m = { .id = MSG_ALARM_LIST };

	memcpy(&m.alarm_list.after, s->last, sizeof(m.alarm_list.after));
	m.alarm_list.most = PAGE_ROWS;
	session_ask(s, ROLE_VAULT, &m, &m.alarm_list.request);
}

/* See command.h. */
void
alarm_list_start(struct session *s)
{
	memset(s->last, 0, sizeof(s->last));
	alarm_ask(s);
}

/* See command.h. */
void
alarm_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_ALARM_ROW)
		alarm_print(s, &m->alarm_row);
	else if (m->id == MSG_DONE)
		session_finish_page(s, &m->done, alarm_ask, TEXT_NO_ALARM);
}

/* --- alarm clear ------------------------------------------------------------------ */

/* See command.h. */
void
alarm_clear_start(struct session *s)
{
	struct message m = { .id = MSG_ALARM_CLEAR };

	if (format_parse_number(s->options.operand, &m.alarm_clear.number)
	    != ST_OK) {
		session_print(s, 2, TEXT_NO_SUCH_ALARM, s->options.operand);
		session_finish(s, 1);
		return;
	}
	m.alarm_clear.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.alarm_clear.request);
}

/* See command.h. */
void
alarm_clear_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_ALARM_CLEARED,
		    TEXT_NO_SUCH_ALARM);
}
