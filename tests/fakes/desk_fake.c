#include "desk_fake.h"

#include <stdarg.h>
#include <stdio.h>

struct desk_fake desk_fake;
struct role desk_fake_role;

static const struct command command = { .usage = "the command" };

void
desk_fake_start(struct session *s)
{
	*s = (struct session){ .role = &desk_fake_role, .command = &command,
	    .lang = LANG_EN };
	snprintf(s->actor, sizeof(s->actor), "uid:0");
	desk_fake = (struct desk_fake){ .finished = -1 };
	desk_fake_role.config = (struct config){ 0 };
	strcpy(desk_fake_role.config.mail_server, "none");
}

bool
desk_fake_said(const char *word)
{
	return strstr(desk_fake.text, word) != NULL;
}

void
session_write(struct session *s, struct span bytes)
{
	size_t room = sizeof(desk_fake.text) - 1 - desk_fake.len;

	(void)s;
	if (bytes.len > room)
		bytes.len = room;
	if (bytes.len > 0)
		memcpy(desk_fake.text + desk_fake.len, bytes.ptr, bytes.len);
	desk_fake.len += bytes.len;
}

void
session_print(struct session *s, int stream, enum text_id id, ...)
{
	char line[2048];
	va_list args;
	int len;

	(void)stream;
	va_start(args, id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	len = vsnprintf(line, sizeof(line), text_in(s->lang, id), args);
#pragma GCC diagnostic pop
	va_end(args);
	session_write(s, (struct span){ (uint8_t *)line, (size_t)len });
}

void
session_flush(struct session *s)
{
	(void)s;
	desk_fake.flushes++;
}

void
session_ask(struct session *s, enum role_id to, struct message *m,
    uint64_t *request_field)
{
	(void)s;
	*request_field = ++desk_fake.asks;
	desk_fake.asked = *m;
	desk_fake.asked_of = to;
}

void
session_finish(struct session *s, unsigned code)
{
	(void)s;
	desk_fake.finished = (int)code;
}

void
session_fail(struct session *s, enum status st)
{
	session_print(s, 2, TEXT_FAILED, s->command->usage, status_text(st));
	session_finish(s, 1);
}

void
session_finish_action(struct session *s, const struct msg_done *done,
    enum text_id good, enum text_id missing)
{
	if (done->outcome == ST_OK || done->outcome == ST_NOT_FOUND) {
		session_print(s, 1, done->outcome == ST_OK ? good : missing,
		    s->options.operand);
		session_finish(s, done->outcome != ST_OK);
	} else {
		session_fail(s, (enum status)done->outcome);
	}
}

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
