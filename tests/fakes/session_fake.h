/* session_fake.h -- stands in for desk/session.c and the command files:
 * records which command started and what was printed. */
#ifndef FAKES_SESSION_FAKE_H
#define FAKES_SESSION_FAKE_H

#include "desk/session.h"

extern struct session_fake {
	const char  *started;	/* "card_new", NULL: none */
	enum text_id printed;
	int          finished;	/* exit code, -1: not finished */
	enum text_id asked_line;	/* the last prompt */
	bool         is_secret;
	unsigned     lines_asked;
} session_fake;

#endif
