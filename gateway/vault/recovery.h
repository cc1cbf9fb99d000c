/*
 * recovery.h -- the segments after a crash, compared with what the rows say.
 *
 * A row may name bytes that are not there: the disk had confirmed them and
 * lost them, somebody cut a file, a backup was put back by halves.  Such a
 * bundle is quarantined, never a reason not to start: nobody gets it, and
 * what the LIS was told about it is forgotten, so that a repetition is stored
 * as new and supersedes it.  Nothing is destroyed: a file that comes back
 * ends the quarantine at the next start.
 */
#ifndef VAULT_RECOVERY_H
#define VAULT_RECOVERY_H

#include "vault/vault.h"

enum { RECOVERY_BUNDLES = 1024 };
#define RECOVERY_BYTES (UINT64_C(32) * 1024 * 1024)

/* Goes on at the end of the last file, and punches out what was staged there
 * for no row.  As segments_resume(), or as sql_next(). */
MUST_CHECK enum status recovery_resume(struct vault *v);

/*
 * Quarantines what is not whole: by length everywhere; by SHA-256 the newest
 * bundles, and those in quarantine already, RECOVERY_BYTES of each.  Sets
 * v->is_checked.  ST_OK, or as transaction(): then it is to be tried again.
 */
MUST_CHECK enum status recovery_check(struct vault *v);

#endif
