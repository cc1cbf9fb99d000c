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
COMMAND(bundle_list)
COMMAND(bundle_revoke)
COMMAND(bundle_release)
COMMAND(quarantine_list)
COMMAND(quarantine_clear)
COMMAND(status)
COMMAND(audit_list)
COMMAND(audit_verify)
