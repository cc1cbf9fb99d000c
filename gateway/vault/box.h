/*
 * box.h -- the box's own signing key: made once, kept wrapped in the
 * database, public half and its thumbprint at hand.
 */
#ifndef VAULT_BOX_H
#define VAULT_BOX_H

#include "vault/vault.h"

/* Reads the pair, making it on a new box.  ST_OK; ST_CORRUPT (logged) where
 * it does not unwrap or does not fit; or as sql_run(). */
MUST_CHECK enum status box_load(struct vault *v);

#endif
