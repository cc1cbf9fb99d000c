/*
 * delivery_parts.h -- what the files of a delivery share; for them alone.
 *
 *   delivery.c         from an input to its end: parsing, memory, states
 *   delivery_answer.c  what the sender is told
 *   delivery_vault.c   what is said to the vault, and what it says
 */
#ifndef INTAKE_DELIVERY_PARTS_H
#define INTAKE_DELIVERY_PARTS_H

#include "intake/delivery.h"

/* --- delivery.c ------------------------------------------------------------ */

/* It is over: wipes, frees and tells the owner, last thing. */
void delivery_end(struct delivery *d, enum delivery_end how, struct span ack);

/* Durable, now or since it came before. */
void delivery_end_well(struct delivery *d, enum delivery_end how,
    struct span ack);

/* Not stored, for a passing reason. */
void delivery_end_transient(struct delivery *d);

/* --- delivery_answer.c ----------------------------------------------------- */

void answer_free(struct answer *a);
struct span answer_span(const struct answer *a);

/* d->ack: its answer if all goes well, or the refusal.  False: none can be
 * made. */
bool answer_make(struct delivery *d);

/* d->unknown and d->busy: what may have to be said when there is no head any
 * more to answer to.  False: none can be made. */
bool answer_make_spare(struct delivery *d);

/* Whoever must hear of a refusal, but the sender. */
void answer_tell_refusal(struct delivery *d);

/* What can be parsed but never sealed is refused now: later there is no MSH
 * left to answer to, and repeating it would not help.  ST_OK, or p->reply says
 * why not. */
MUST_CHECK enum status answer_check_reports(struct parsed *p);

/* A report that takes back what came before. */
bool answer_is_withdrawal(const struct report *r);
/* A report that is to be sealed; the others are about what came before, or
 * about nothing that may be stored. */
bool answer_has_object(const struct report *r);

/* --- delivery_vault.c ------------------------------------------------------ */

/* Sends until an answer is awaited, the channel is full, or it is over. */
void delivery_run(struct delivery *d);

#endif
