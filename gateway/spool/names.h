/*
 * names.h -- what a file's name alone says: does it count, is it a witness,
 * whose; and the names that files get in done and failed.
 *
 * Pure.  Names may be a patient's: never logged.
 */
#ifndef SPOOL_NAMES_H
#define SPOOL_NAMES_H

#include "base/span.h"

enum { NAME_BYTES = 256 };	/* with its NUL, as the kernel has it */

/* True for one name of a file in the folder itself: no slash, no NUL, not
 * "." or "..", not longer than a name can be. */
bool name_is_simple(struct span name);

/* True where the file is not looked at: hidden (.x), or still being written
 * (x.tmp, x.part, x.filepart, x.crdownload, x~), in any case of letters. */
bool name_is_passed_over(const char *name);

/* True for x.ok, which says that x.* is complete; in any case of letters. */
bool name_is_witness(const char *name);

enum { NAME_WITNESSES = 4 };

/* The `i`-th name that the witness of `name` may have: nom.HPR -> nom.ok,
 * nom.OK, nom.HPR.ok, nom.HPR.OK.  False where it would be too long. */
bool name_of_witness(const char *name, unsigned i, char out[static NAME_BYTES]);

/* `name`, cut so that it fits, with ".n" behind it unless `n` is 0, and then
 * `more`: "a.hl7", 2, ".error.txt" -> "a.hl7.2.error.txt". */
void name_with(const char *name, unsigned n, const char *more,
    char out[static NAME_BYTES]);

#endif
