/*
 * taken.h -- the rows of the outbox that the courier has: in memory only, so
 * that whatever ends, here or there, makes them due again.
 *
 * A row is reserved within a transaction and the courier's only after its
 * commit.  An index is what it was when it was taken: its body stands here.
 */
#ifndef VAULT_TAKEN_H
#define VAULT_TAKEN_H

#include "crypto/digest.h"
#include "ipc/outbox.h"

enum { TAKEN_MAX = 64 };

struct taken {
	bool     is_used;
	bool     is_new;	/* its transaction is not durable yet */
	uint64_t row, channel, kind;	/* as it was handed out */
	uint64_t card, bundle, notice;
	uint64_t changes;	/* of the index, when its body was made */
	uint64_t size, delete_at_s;
	uint8_t  name[32], sha256[32], reference[22];
	uint8_t  *body;		/* an index's; heap */
	/* An object's bytes as they are read, for their digest. */
	struct sha256 hash;
	uint64_t hashed;
	bool     wants;		/* OUTBOX_READ waits for room in the channel */
	uint64_t offset;
};

/* What the vault keeps in memory about the outbox. */
struct outbox_state {
	struct taken taken[TAKEN_MAX];
	bool     idle[CHANNEL_COUNT];	/* the courier waits for a wake */
	uint64_t done[CHANNEL_COUNT];	/* rows, since the start */
	uint64_t last_s;		/* the time of the last tick */
	uint64_t stuck_s;		/* a put failed again, by itself */
	uint64_t raise_s[ALARM_COUNT];	/* not again before that; 0: not on */
	bool     is_known;		/* raise_s is what the table says */
};

/* NULL where all are taken. */
struct taken *taken_add(struct outbox_state *o, uint64_t row);
/* NULL where the courier has not got it. */
struct taken *taken_find(struct outbox_state *o, uint64_t row);
unsigned taken_count(const struct outbox_state *o, uint64_t channel);
void taken_free(struct taken *t);

/* The transaction is durable, or undone. */
void taken_committed(struct outbox_state *o);
void taken_rolled_back(struct outbox_state *o);

/* The courier is gone. */
void taken_forget(struct outbox_state *o);

#endif
