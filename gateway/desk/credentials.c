#include <stdio.h>

#include "desk/command.h"
#include "desk/format.h"

/* --- credential set, credential clear ----------------------------------------------- */

/* The channel that the operand names; where it names none, says so and
 * finishes. */
static bool
read_channel(struct session *s, uint64_t *channel)
{
	for (*channel = 0; *channel < CHANNEL_COUNT; ++*channel)
		if (strcmp(s->options.operand, channel_name(*channel)) == 0)
			return true;
	session_print(s, 2, TEXT_CHANNEL_UNKNOWN, s->options.operand);
	session_finish(s, 1);
	return false;
}

static void
ask_to_store(struct session *s, const char *value)
{
	struct message m = { .id = MSG_CREDENTIAL_STORE };

	if (!read_channel(s, &m.credential_store.channel))
		return;
	m.credential_store.value = span_of(value);
	m.credential_store.actor = span_of(s->actor);
	session_ask(s, ROLE_VAULT, &m, &m.credential_store.request);
}

/* See command.h. */
void
credential_set_start(struct session *s)
{
	ask_to_store(s, s->options.line);
}

/* See command.h. */
void
credential_set_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_CREDENTIAL_KEPT,
		    TEXT_CHANNEL_UNKNOWN);
}

/* See command.h. */
void
credential_clear_start(struct session *s)
{
	ask_to_store(s, "");
}

/* See command.h. */
void
credential_clear_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_DONE)
		session_finish_action(s, &m->done, TEXT_CREDENTIAL_CLEARED,
		    TEXT_CREDENTIAL_NONE);
}

/* --- credential list ------------------------------------------------------------------ */

/* See command.h. */
void
credential_list_start(struct session *s)
{
	struct message m = { .id = MSG_CREDENTIAL_LIST };

	memset(s->last, 0, sizeof(s->last));
	session_ask(s, ROLE_VAULT, &m, &m.credential_list.request);
}

/* `since_s` 0: there is none. */
static void
print_json(struct session *s, uint64_t channel, uint64_t since_s)
{
	uint8_t text[128];
	struct buf out = buf_over(text, sizeof(text));
	struct json_writer w;

	json_start(&w, &out);
	json_object_begin(&w, NULL);
	json_text(&w, "channel", channel_name(channel));
	json_bool(&w, "is_set", since_s != 0);
	json_uint(&w, "since", since_s);
	json_object_end(&w);
	if (json_finish(&w) == ST_OK)
		session_write(s, buf_span(&out));
	session_write(s, span_of("\n"));
}

static void
print_row(struct session *s, const struct msg_credential_row *row)
{
	char since[FORMAT_MAX];

	s->rows++;
	if (row->channel < CHANNEL_COUNT)
		s->last[row->channel] = 1;
	format_instant(row->since_s, since);
	if (s->options.json)
		print_json(s, row->channel, row->since_s);
	else
		session_print(s, 1, TEXT_CREDENTIAL_ROW,
		    channel_name(row->channel), since);
}

/* Hosts that are configured and would be spoken to without a password. */
static void
print_missing(struct session *s)
{
	for (uint64_t i = 0; i < CHANNEL_COUNT; i++) {
		if (s->last[i] != 0
		    || channel_host(&s->role->config, i).len == 0)
			continue;
		s->rows++;
		if (s->options.json)
			print_json(s, i, 0);
		else
			session_print(s, 1, TEXT_CREDENTIAL_MISSING,
			    channel_name(i), channel_key(i), channel_name(i));
	}
}

/* See command.h. */
void
credential_list_answer(struct session *s, const struct message *m)
{
	if (m->id == MSG_CREDENTIAL_ROW) {
		print_row(s, &m->credential_row);
	} else if (m->id == MSG_DONE && m->done.outcome != ST_OK) {
		session_fail(s, (enum status)m->done.outcome);
	} else if (m->id == MSG_DONE) {
		print_missing(s);
		if (s->rows == 0 && !s->options.json)
			session_print(s, 1, TEXT_NO_CREDENTIAL);
		session_finish(s, 0);
	}
}
