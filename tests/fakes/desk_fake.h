/* desk_fake.h -- stands in for desk/session.c where a command's own file is
 * tested: keeps what was printed, what was asked, how it ended. */
#ifndef FAKES_DESK_FAKE_H
#define FAKES_DESK_FAKE_H

#include "desk/command.h"

extern struct desk_fake {
	char         text[65536];	/* both streams */
	size_t       len;
	struct message asked;		/* the last; spans borrow */
	enum role_id asked_of;
	unsigned     asks, flushes;
	int          finished;		/* exit code, -1: not finished */
} desk_fake;

/* A fresh session of a fresh role with the default configuration. */
void desk_fake_start(struct session *s);

/* The role that its sessions have; tests set its configuration. */
extern struct role desk_fake_role;

/* `word` was printed. */
bool desk_fake_said(const char *word);

#endif
