/*
 * alarm.h -- what somebody at the desk must look at: raised with a record in
 * the audit log, shown by `guichet status` and `guichet alarm list`, cleared
 * by hand, or by what it was about ending.
 */
#ifndef VAULT_ALARM_H
#define VAULT_ALARM_H

#include "vault/job.h"

/* Within a transaction.  The same (kind, card) again counts up.  `card`: a
 * row, or 0; `error`: our own words.  As sql_run(). */
MUST_CHECK enum status
alarm_raise(struct vault *v, enum alarm kind, uint64_t card,
    struct span error);
/* It is over; none is no failure. */
MUST_CHECK enum status
alarm_end(struct vault *v, enum alarm kind, uint64_t card);

uint64_t alarm_count(struct vault *v);

void on_alarm_list(struct vault *v, const struct message *m);
extern const struct job_kind alarm_clear_job;

#endif
