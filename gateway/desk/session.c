#include "desk/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "card/issue.h"
#include "crypto/random.h"
#include "desk/audit_walk.h"
#include "desk/command.h"
#include "desk/options.h"

enum { EX_IOERR = 74 };	/* as in sysexits(3) */

static struct session sessions[SESSIONS_MAX];

/* Nothing of a card or of a patient outlives the command. */
static void
forget(struct session *s)
{
	if (s->issued != NULL) {
		wipe(s->issued, sizeof(*s->issued));
		free(s->issued);
		s->issued = NULL;
	}
	wipe(&s->options, sizeof(s->options));
	wipe(s->traits, sizeof(s->traits));
}

static void
clear(struct session *s)
{
	forget(s);
	free(s->audit);
	channel_close(&s->guichet);
	wipe(s, sizeof(*s));
}

static void
flush(struct session *s, int stream)
{
	struct message m = { .id = MSG_OUTPUT };

	if (s->out.len == 0)
		return;
	m.output.stream = (uint64_t)stream;
	m.output.text = buf_span(&s->out);
	if (channel_send(&s->guichet, &m) != ST_OK)
		s->lost_output = true;
	wipe(s->out.ptr, s->out.len);
	s->out.len = 0;
}

/* See session.h. */
void
session_write(struct session *s, struct span bytes)
{
	while (bytes.len > 0) {
		struct span part = span_slice(bytes, 0, s->out.max - s->out.len);

		if (buf_append_span(&s->out, part) != ST_OK)
			return;
		bytes = span_slice(bytes, part.len, bytes.len);
		if (s->out.len == s->out.max)
			flush(s, 1);
	}
}

/* See session.h. */
void
session_flush(struct session *s)
{
	flush(s, 1);
}

/* See session.h. */
void
session_print(struct session *s, int stream, enum text_id id, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* Both columns of texts.def are checked by a test. */
	len = vsnprintf(line, sizeof(line), text_in(s->lang, id), args);
#pragma GCC diagnostic pop
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(line))
		len = sizeof(line) - 1;
	if (stream != 1)
		flush(s, 1);
	session_write(s, (struct span){ (uint8_t *)line, (size_t)len });
	if (stream != 1)
		flush(s, stream);
	wipe(line, sizeof(line));
}

/* Numbers start at random, so that an answer to a desk that has died is not
 * taken for one to its successor. */
static uint64_t
next_request(void)
{
	static uint64_t last;

	if (last == 0) {
		random_bytes(&last, sizeof(last));
		last >>= 16;
	}
	return ++last;
}

static void
say_away(struct session *s, enum role_id role)
{
	enum text_id text = role == ROLE_VAULT ? TEXT_VAULT_AWAY
	    : role == ROLE_COURIER ? TEXT_COURIER_AWAY : TEXT_ROLE_AWAY;

	session_print(s, 2, text, role_name(role));
	session_finish(s, s->command->away_code != 0 ? s->command->away_code
	    : 1);
}

static void
send_request(struct session *s, enum role_id to, struct message *m,
    uint64_t *request_field)
{
	s->request = next_request();
	s->asked = to;
	*request_field = s->request;
	if (role_send(s->role, to, m) == ST_OK)
		return;
	s->request = 0;
	say_away(s, to);
}

/* See session.h. */
void
session_ask(struct session *s, enum role_id to, struct message *m,
    uint64_t *request_field)
{
	if (!channel_is_full(&s->guichet)) {
		send_request(s, to, m, request_field);
		return;
	}
	s->is_postponed = true;
	s->postponed = *m;
	s->postponed_to = to;
	s->postponed_field = (size_t)((uint8_t *)request_field - (uint8_t *)m);
}

static void
on_drained(void *owner, struct channel *c)
{
	struct session *s = owner;
	uint8_t *m = (uint8_t *)&s->postponed;

	(void)c;
	if (!s->is_postponed)
		return;
	s->is_postponed = false;
	send_request(s, s->postponed_to, &s->postponed,
	    (uint64_t *)(void *)(m + s->postponed_field));
}

/* See session.h. */
void
session_ask_line(struct session *s, enum text_id prompt, bool is_secret)
{
	struct message m = { .id = MSG_INPUT_GET };

	flush(s, 1);
	m.input_get.prompt = span_of(text_in(s->lang, prompt));
	m.input_get.is_secret = is_secret;
	s->wants_line = true;
	/* Where that fails the command has left: see on_lost. */
	if (channel_send(&s->guichet, &m) != ST_OK)
		log_line(LOG_WARNING, "a command left before its end");
}

/* See session.h. */
void
session_finish(struct session *s, unsigned code)
{
	struct message m = { .id = MSG_EXIT };

	flush(s, 1);
	forget(s);
	s->request = 0;
	s->command = NULL;
	s->is_over = true;
	m.exit.code = code == 0 && s->lost_output ? EX_IOERR : code;
	/* The command closes its end once it has read EXIT: see on_lost. */
	if (channel_send(&s->guichet, &m) != ST_OK)
		log_line(LOG_WARNING, "a command left before its end");
}

/* See session.h. */
void
session_fail(struct session *s, enum status st)
{
	session_print(s, 2, TEXT_FAILED, s->command->usage, status_text(st));
	session_finish(s, 1);
}

/* See session.h. */
void
session_finish_action(struct session *s, const struct msg_done *done,
    enum text_id good, enum text_id missing)
{
	if (done->outcome == ST_OK) {
		session_print(s, 1, good, s->options.operand);
		session_finish(s, 0);
	} else if (done->outcome == ST_NOT_FOUND) {
		session_print(s, 2, missing, s->options.operand);
		session_finish(s, 1);
	} else {
		session_fail(s, (enum status)done->outcome);
	}
}

/* See session.h. */
void
session_finish_page(struct session *s, const struct msg_done *done,
    void (*ask_next)(struct session *s), enum text_id none)
{
	if (done->outcome != ST_OK) {
		session_fail(s, (enum status)done->outcome);
	} else if (done->more != 0) {
		ask_next(s);
	} else {
		if (s->rows == 0 && !s->options.json)
			session_print(s, 1, none);
		session_finish(s, 0);
	}
}

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	struct session *s = owner;

	(void)c;
	if (m->id == MSG_INPUT && s->wants_line) {
		s->wants_line = false;
		options_line(s, &m->input);
		return;
	}
	if (m->id != MSG_COMMAND || s->command != NULL || s->is_over)
		return;		/* one command a connection */
	s->lang = lang_of(m->command.lang);
	command_start(s, m->command.arguments);
}

static void
on_lost(void *owner, struct channel *c)
{
	(void)c;
	clear(owner);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_drained = on_drained,
	.on_lost = on_lost,
};

/* See session.h. */
void
session_accept(struct role *role, int fd, unsigned long uid)
{
	struct session *s = sessions;

	while (s < sessions + SESSIONS_MAX && s->in_use)
		s++;
	if (s == sessions + SESSIONS_MAX) {
		close(fd);
		return;
	}
	s->role = role;
	s->out = buf_over(s->out_storage, sizeof(s->out_storage));
	snprintf(s->actor, sizeof(s->actor), "uid:%lu", uid);
	channel_init(&s->guichet, ROLE_DESK, ROLE_CTL, &events, s);
	s->in_use = channel_open(&s->guichet, &role->loop, fd) == ST_OK;
}

/* See session.h. */
struct session *
session_waiting(uint64_t request)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		if (sessions[i].in_use && request != 0 &&
		    sessions[i].request == request)
			return &sessions[i];
	return NULL;
}

/* See session.h. */
void
session_peer_lost(enum role_id peer)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &sessions[i];

		if (s->in_use && s->request != 0 && s->asked == peer)
			say_away(s, peer);
	}
}
