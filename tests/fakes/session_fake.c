#include "session_fake.h"

#include "desk/command.h"

struct session_fake session_fake;

void
session_print(struct session *s, int stream, enum text_id id, ...)
{
	(void)s;
	(void)stream;
	session_fake.printed = id;
}

void
session_write(struct session *s, struct span bytes)
{
	(void)s;
	(void)bytes;
}

void
session_finish(struct session *s, unsigned code)
{
	(void)s;
	session_fake.finished = (int)code;
}

void
session_ask_line(struct session *s, enum text_id prompt, bool is_secret)
{
	(void)s;
	session_fake.asked_line = prompt;
	session_fake.is_secret = is_secret;
	session_fake.lines_asked++;
}

void
drop_init_start(struct session *s)
{
	(void)s;
	session_fake.started = "drop_init";
}

#define COMMAND(name)                                                   \
	void                                                            \
	name##_start(struct session *s)                                 \
	{                                                               \
		(void)s;                                                \
		session_fake.started = #name;                           \
	}                                                               \
	void                                                            \
	name##_answer(struct session *s, const struct message *m)       \
	{                                                               \
		(void)s;                                                \
		(void)m;                                                \
	}

COMMAND(card_new)
COMMAND(card_list)
COMMAND(card_freeze)
COMMAND(card_call)
COMMAND(bundle_list)
COMMAND(bundle_revoke)
COMMAND(bundle_release)
COMMAND(quarantine_list)
COMMAND(quarantine_clear)
COMMAND(outbox)
COMMAND(drop_check)
COMMAND(drop_stop)
COMMAND(credential_set)
COMMAND(credential_clear)
COMMAND(credential_list)
COMMAND(alarm_list)
COMMAND(alarm_clear)
COMMAND(status)
COMMAND(audit_list)
COMMAND(audit_verify)
