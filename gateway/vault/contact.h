/*
 * contact.h -- a card's addresses: the only place where they are.
 *
 * The database is sealed page by page under a key of the device root
 * (database.h), and what is deleted is overwritten (secure_delete); the sweep
 * empties the journal.  A second seal under a key of the same root, in the
 * same process, would keep nobody out, so there is none.
 * Never: an address in a log line or a record; a day code that was not sent
 * yet without a number to send it to.
 */
#ifndef VAULT_CONTACT_H
#define VAULT_CONTACT_H

#include "vault/card.h"

/* What is known about reaching a card's patient. */
struct contact {
	uint64_t card;		/* its row */
	uint64_t expires_s;	/* the card */
	bool     has[CHANNEL_COUNT];	/* an address, for MAIL and SMS */
	bool     is_drop;	/* its bundles go to the drop */
	bool     has_day_code;	/* not sent yet */
};

/* All within a transaction; statuses as sql_run() where nothing else stands. */

/* As notice_contact_put(). */
MUST_CHECK enum status
contact_put(struct vault *v, uint64_t card, const struct msg_card_store *m);

/* Of an active card that may be told anything; ST_NOT_FOUND. */
MUST_CHECK enum status
contact_load(struct vault *v, uint64_t card, struct contact *out);

/* Is there somebody to send it by? */
bool contact_has_channel(const struct vault *v, enum outbox_channel channel);

/* Addresses, day code and waiting notices go; `why` is for the record, which
 * is written where there was anything. */
MUST_CHECK enum status
contact_erase(struct vault *v, uint64_t card, const char *why);

/* The same of one channel, but for the notice in row `except`. */
MUST_CHECK enum status
contact_drop(struct vault *v, uint64_t card, enum outbox_channel channel,
    uint64_t except, const char *why);

/* The day code was sent, or never will be. */
MUST_CHECK enum status contact_drop_code(struct vault *v, uint64_t card);

/* It is erased at `until_s`, or with its card. */
MUST_CHECK enum status
contact_keep(struct vault *v, uint64_t card, uint64_t until_s);

/* What the audit log calls the card in this row; `*len` is 0 where there is
 * none any more. */
MUST_CHECK enum status
card_refer(struct vault *v, uint64_t card, char out[static CARD_REFERENCE],
    size_t *len);

#endif
