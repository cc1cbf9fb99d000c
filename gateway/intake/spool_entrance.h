/*
 * spool_entrance.h -- files of watched folders as a way in: their bytes come
 * from the spool (SPOOL_OFFER and its kin); intake itself touches no file.
 *
 *   FREE -OFFER-> FILLING -END-> HELD -> DELIVERING -> answer, FREE
 *                    ^             |          |
 *                    +- OFFER of --+- wants --+
 *                       a piece
 *   any: DROP, the spool is gone -> FREE, without a word
 *
 * One slot for each file on its way: one of each source.  A file lies in
 * memory of its own, counted, and wiped as soon as it is answered; while it
 * waits for a piece the spool has that at hand, or drops it.  An HL7 file with
 * several messages is delivered one after the other: OK when all are durable,
 * INVALID when some can never be, with a line for each of them, BUSY when any
 * has to come again.
 */
#ifndef INTAKE_SPOOL_ENTRANCE_H
#define INTAKE_SPOOL_ENTRANCE_H

#include "intake/intake.h"

extern const struct entrance spool_entrance;

/* SPOOL_OFFER, SPOOL_PART, SPOOL_END, SPOOL_DROP. */
void spool_take(struct intake *in, const struct message *m);

/* The spool is gone, and with it whoever wants to know. */
void spool_lost(struct intake *in);

#endif
