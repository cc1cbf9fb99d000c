/*
 * hold.h -- what withholds a bundle is taken away: by the LIS, which says
 * that a preliminary result is final, or by a biologist with a name.
 *
 * What opens has its audit record in the same transaction.
 */
#ifndef VAULT_HOLD_H
#define VAULT_HOLD_H

#include "vault/bundle.h"
#include "vault/delivery.h"

/*
 * Within a transaction: of the report's bundles that are not newer than
 * `new`, those that wait for their confirmation take what it confirms:
 * `new->confirmed`, or all where a confirmation is whole.  One of which every
 * line is final now waits no more; `*opened` counts those that open.  As
 * sql_run() or bundle_open().
 */
MUST_CHECK enum status
hold_confirm(struct vault *v, const struct delivery *d, uint64_t report,
    const struct report_new *new, unsigned *opened);

/* How many parts of a report are looked at in one step. */
enum { HOLD_PARTS_MAX = 64 };

/* BUNDLE_RELEASE of the desk. */
extern const struct job_kind bundle_release_job;

#endif
