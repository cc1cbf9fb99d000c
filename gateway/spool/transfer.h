/*
 * transfer.h -- one file, and those it names, on their way to intake.
 *
 * Bytes are held as long as a socket's buffer would: read into one locked
 * buffer, queued, wiped.  The queue is bounded (ipc/channel.h): who cannot
 * send waits for transfer_pump().
 */
#ifndef SPOOL_TRANSFER_H
#define SPOOL_TRANSFER_H

#include "spool/watch.h"

/* None is on its way; `f` is complete. */
void transfer_start(struct watch *w, struct entry *f);

/* The channel has room. */
void transfer_pump(struct watch *w);

/* Intake's answer, for this file; answers for others are the past. */
void transfer_answer(struct watch *w, const struct msg_spool_answer *a);

/* Intake is gone, or has been silent for too long. */
void transfer_lost(struct watch *w);
void transfer_check(struct watch *w, uint64_t now_ms);

/* Forgets it, without a word to anybody. */
void transfer_end(struct watch *w);

#endif
