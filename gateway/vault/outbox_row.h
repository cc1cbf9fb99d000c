/*
 * outbox_row.h -- a row of the outbox and a host, as the files of the outbox
 * share them (outbox.h is for everybody else).
 */
#ifndef VAULT_OUTBOX_ROW_H
#define VAULT_OUTBOX_ROW_H

#include "vault/outbox.h"
#include "vault/retry.h"

/*
 * `left_box`: an attempt to put was handed out and not seen done: it may
 * arrive yet.  `passes`: 1; 2: when it is done it is done once more,
 * OUTBOX_SETTLE_S later, because what was not seen may arrive in between;
 * 3: that is to come.
 */
enum { OUTBOX_SETTLE_S = 120 };

struct outbox_row {
	uint64_t id, channel, kind, card;
	uint64_t bundle;	/* 0: none: an index's, or a notice's */
	uint64_t notice;
	uint64_t made_s, due_s, tries, left_box, changes, passes;
	uint8_t  name[32], reference[22];
};

struct host {
	uint64_t channel;
	struct breaker breaker;
	uint8_t  error[128];
	size_t   error_len;
};

/* ST_OK, ST_NOT_FOUND, or as sql_next(). */
MUST_CHECK enum status
row_load(struct vault *v, uint64_t id, struct outbox_row *out);

/* Within a transaction; as sql_run(). */
MUST_CHECK enum status row_drop(struct vault *v, uint64_t id);
MUST_CHECK enum status
row_later(struct vault *v, uint64_t id, uint64_t due_s);
/* Handed out: a put may arrive from now on. */
MUST_CHECK enum status
row_left(struct vault *v, struct outbox_row *row, bool is_put);

/* No row yet is a host that works. */
MUST_CHECK enum status
host_load(struct vault *v, uint64_t channel, struct host *out);
MUST_CHECK enum status host_save(struct vault *v, const struct host *h);

/* Is there a row of `channel` that the courier may have now?  ST_OK,
 * ST_NOT_FOUND, or as sql_next(). */
MUST_CHECK enum status
outbox_next(struct vault *v, uint64_t channel, struct outbox_row *out);

/* --- what a card has in the drop ----------------------------------------- */

/* An index as it is to be now; `body` is the heap's. */
struct drop_index {
	uint8_t *body;
	size_t   size;
	uint64_t delete_at_s;
	uint8_t  sha256[32];
};

/* ST_OK, ST_NOT_FOUND (the card has no drop), or as sql_next(). */
MUST_CHECK enum status
drop_index_make(struct vault *v, uint64_t card, struct drop_index *out);

/* Within a transaction: what the card's index says has changed; nothing where
 * it has none.  As sql_run(). */
MUST_CHECK enum status outbox_index_changed(struct vault *v, uint64_t card);

#endif
