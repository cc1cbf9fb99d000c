/*
 * notice.h -- when a patient is told, and at which address.
 *
 * A card's addresses stand in `contact` from its issue until the last notice
 * about it has left; they are in no record, no log, no other table.  A day
 * code that was not sent yet never stays without a telephone number.
 * Withheld, normal, abnormal: the same words at the same time after opening;
 * while something withholds a result nothing is sent at all.
 */
#ifndef VAULT_NOTICE_H
#define VAULT_NOTICE_H

#include "vault/outbox.h"

/* Of a bundle: column `told`. */
enum told {
	TOLD_NOBODY,	/* or nobody needs to be */
	TOLD_WAITS,	/* a notice waits */
	TOLD_DONE	/* one has left */
};

/* Within a transaction; as sql_run(). */

/* A card's addresses and day code, from CARD_STORE; after its row was made.
 * ST_INVALID where an address is none, the card is the lab's or a minor's
 * secret, or the day code of a drop variant could not be sent. */
MUST_CHECK enum status
notice_contact_put(struct vault *v, uint64_t card,
    const struct msg_card_store *m);

/* A bundle can be fetched from `opens_s` on: on the branch's page (a card
 * without drop variant), or in the drop (its index is there).  Adds what
 * nobody was told yet. */
MUST_CHECK enum status
notice_bundle(struct vault *v, uint64_t card, uint64_t opens_s);

/* The bundle in this row has just ended (it is a tombstone): a notice about
 * nothing is not sent, and the addresses go with a card's last window. */
MUST_CHECK enum status notice_bundle_ended(struct vault *v, uint64_t bundle);

/* Addresses, day code and waiting notices go: frozen, stopped, closed. */
MUST_CHECK enum status notice_forget(struct vault *v, uint64_t card);

/* A notice left the box, or never will (`refused`); before its row goes: the day code goes with
 * its own, the addresses with the last or after notice.address_keep. */
MUST_CHECK enum status
notice_ended(struct vault *v, uint64_t row, uint64_t card,
    enum notice notice, bool refused);

/* Fills OUTBOX_JOB's address, lang, day_code for a row of `card`, by
 * job->notice; `into` must outlive the message and is wiped by the caller.
 * ST_NOT_FOUND: there is no address any more; the row goes. */
struct notice_words {
	uint8_t address[254], lang[8], day_code[10];
};
MUST_CHECK enum status
notice_fill(struct vault *v, enum outbox_channel channel, uint64_t card,
    struct notice_words *into, struct msg_outbox_job *job);

/* With the sweep: addresses whose time is over. */
MUST_CHECK enum status notice_sweep(struct vault *v);

extern const struct job_kind card_call_job, mail_bounced_job;

/* Is it an hour for notices?  Whatever is due, and however often it was tried:
 * nothing is handed to mail or SMS at another. */
bool notice_may_leave(const struct vault *v);

/* The next moment within notice.hours, not before `from_s` plus a random part
 * of notice.delay. */
uint64_t notice_due_s(const struct vault *v, uint64_t from_s);
/* No notice_due_s(v, from_s) is later. */
uint64_t notice_latest_s(const struct vault *v, uint64_t from_s);

#endif
