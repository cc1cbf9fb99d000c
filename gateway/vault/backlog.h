/*
 * backlog.h -- answers that found their channel full, in order, until it takes
 * them.  Bulk does not come here: object reads wait as requests (object.c).
 */
#ifndef VAULT_BACKLOG_H
#define VAULT_BACKLOG_H

#include "ipc/role.h"

struct backlog_item;

struct backlog {
	struct role *role;	/* borrowed for ever */
	struct backlog_item *first[ROLE_COUNT], **last[ROLE_COUNT];
	size_t bytes;		/* of all that waits */
};

enum { BACKLOG_BYTES_MAX = 32 * 1024 * 1024 };

void backlog_init(struct backlog *o, struct role *role);

/* Sends, or keeps a copy; beyond BACKLOG_BYTES_MAX an answer is dropped and
 * logged: whoever asked runs into its own time limit. */
void backlog_send(struct backlog *o, enum role_id to, const struct message *m);

/* The channel takes more, or is gone (then what waits is forgotten). */
void backlog_drained(struct backlog *o, enum role_id to);
void backlog_forget(struct backlog *o, enum role_id to);

#endif
