/*
 * fate.h -- what a new version does to the report's older bundles: the rows
 * of part_fate() carried out, with their audit records.
 */
#ifndef VAULT_FATE_H
#define VAULT_FATE_H

#include "vault/delivery.h"

/* A part with what its spans point to. */
struct part_copy {
	struct part part;
	uint8_t lines[LINES_BYTES_MAX], confirmed[LINES_BYTES_MAX],
	    replaced[LINES_BYTES_MAX];
};

/* The report's part in row `id`; ST_OK, ST_NOT_FOUND, or as sql_next(). */
MUST_CHECK enum status
part_load(struct vault *v, uint64_t report, uint64_t id, struct part_copy *out);

/* What fate_apply() did to open bundles. */
struct fates {
	unsigned superseded, withdrawn, outdated;
};

/*
 * Within a transaction, before the bundle of `new` is added: after the
 * `decision` about it.  Sealed: all that it replaces goes.  Otherwise only
 * what it takes back goes; and where it came too late to be stored itself,
 * what it would have replaced is outdated all the same.  As sql_run().
 */
MUST_CHECK enum status
fate_apply(struct vault *v, const struct delivery *d, uint64_t report,
    const struct report_new *new, enum report_decision decision,
    struct fates *done);

/* Within a transaction: `part` is final now and corrects what is older.
 * As sql_run(). */
MUST_CHECK enum status
fate_of_confirmed(struct vault *v, const struct delivery *d, uint64_t report,
    const struct part *part);

/* Within a transaction: ends the report's open bundles as withdrawn, and
 * forgets what they said; `*reads` counts how often they had been read. */
MUST_CHECK enum status
fate_revoke(struct vault *v, const struct delivery *d, uint64_t report,
    unsigned *revoked, uint64_t *reads);

#endif
