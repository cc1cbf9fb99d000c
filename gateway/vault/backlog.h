/*
 * outbox.h -- answers that found their channel full, in order, until it takes
 * them.  Bulk does not come here: object reads wait as requests (object.c).
 */
#ifndef VAULT_OUTBOX_H
#define VAULT_OUTBOX_H

#include "ipc/role.h"

struct outbox_item;

struct outbox {
	struct role *role;	/* borrowed for ever */
	struct outbox_item *first[ROLE_COUNT], **last[ROLE_COUNT];
	size_t bytes;		/* of all that waits */
};

enum { OUTBOX_BYTES_MAX = 32 * 1024 * 1024 };

void outbox_init(struct outbox *o, struct role *role);

/* Sends, or keeps a copy; beyond OUTBOX_BYTES_MAX an answer is dropped and
 * logged: whoever asked runs into its own time limit. */
void outbox_send(struct outbox *o, enum role_id to, const struct message *m);

/* The channel takes more, or is gone (then what waits is forgotten). */
void outbox_drained(struct outbox *o, enum role_id to);
void outbox_forget(struct outbox *o, enum role_id to);

#endif
