/*
 * commit.h -- what is decided once the running release is healthy: what to
 * remember, and whether the other slot may stay bootable.  Pure.
 *
 * Destroying is idempotent: it is decided anew at each start, from what the
 * release says and what is remembered, so that a power cut in between costs
 * nothing.
 */
#ifndef INIT_COMMIT_H
#define INIT_COMMIT_H

#include <stdbool.h>

#include "init/facts.h"

/*
 * `before` is NULL where nothing is remembered; then `is_same` says whether
 * both slots hold the same image, as the factory leaves them.
 * Returns true where the other slot must not be booted any more: its release
 * is below the running one's floor, or not known.
 */
bool commit_decide(const struct record *before, const struct release_facts *running,
    unsigned slot, bool is_same, struct record *after);

#endif
