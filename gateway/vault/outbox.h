/*
 * outbox.h -- what leaves the box, as rows: each put, deletion and notice is
 * written in the transaction that caused it and goes when it was seen done.
 *
 * One row for each name in the drop (a put becomes a deletion in place), one
 * for each notice.  A row is the courier's from outbox_take to outbox_done or
 * until its channel ends; nothing else remembers that.  At least once, under
 * the same name: an attempt that nobody reported is made again.
 *
 *   bundle stored, opened -> PUT_OBJECT (due at opens_s)
 *   object in the drop    -> PUT_INDEX of its card
 *   index in the drop     -> the notices of what it shows for the first time
 *   bundle ended          -> DELETE of its object, PUT_INDEX of its card
 *   card made             -> PUT_INDEX (empty)
 *   card frozen, stopped, expired -> DELETE of its index
 *
 * A deletion waits while a put of the same name is out.  Where an attempt to
 * put may have arrived unseen, the deletion is made twice, two minutes apart.
 * Never: hands out a name whose put's audit record and mark are not durable;
 * gives a row up before what it is about has closed.
 */
#ifndef VAULT_OUTBOX_H
#define VAULT_OUTBOX_H

#include "vault/bundle.h"
#include "vault/card.h"
#include "vault/job.h"

/* --- causes: all within a transaction; statuses as sql_run() ------------- */

/* It may be handed out from opens_s on.  Nothing where its card has no drop
 * variant, is the lab's or a minor's secret. */
MUST_CHECK enum status
outbox_bundle_opens(struct vault *v, const struct bundle *b);

/* Its status changed, or it became whole or damaged: the index shows it so. */
MUST_CHECK enum status
outbox_bundle_changed(struct vault *v, const struct bundle *b);

/* Before its keys and its name go. */
MUST_CHECK enum status
outbox_bundle_ends(struct vault *v, const struct bundle *b);

MUST_CHECK enum status outbox_card_made(struct vault *v, uint64_t card);
/* Its index and all objects of its bundles go, and its blobs, name and day
 * code; its addresses are forgotten.  For a card without drop only these. */
MUST_CHECK enum status outbox_card_ends(struct vault *v, uint64_t card);
/* The same for at most `most` cards that expired and have no bundle that is
 * still open; `*n` counts. */
MUST_CHECK enum status
outbox_expire(struct vault *v, uint64_t most, uint64_t *n);

/* One more notice, due at `due_s`; channels and addresses as notice.h. */
MUST_CHECK enum status
outbox_notice_add(struct vault *v, enum outbox_channel channel,
    enum notice notice, uint64_t card, uint64_t due_s);

/* --- the courier --------------------------------------------------------- */

extern const struct job_kind outbox_take_job, outbox_done_job;
void on_outbox_read(struct vault *v, const struct message *m);
/* Sends what waits for room in the courier's channel. */
void outbox_pump(struct vault *v);

/* Nothing is out any more; what was is due again. */
void outbox_courier_lost(struct vault *v);

/* After each commit: wakes idle channels that have due rows now. */
void outbox_wake(struct vault *v);
/* Once a second: the same, and alarms for what is late. */
void outbox_tick(struct vault *v);

/* --- the desk ------------------------------------------------------------- */

void on_outbox_list(struct vault *v, const struct message *m);
extern const struct job_kind drop_stop_job;

#endif
