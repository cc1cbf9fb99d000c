/*
 * changed.h -- the cards whose patients see something else than before.
 *
 * Gathered within a transaction and told to pickup right after its commit, so
 * that a page that is open asks again.  What is withheld changes nothing.
 */
#ifndef VAULT_CHANGED_H
#define VAULT_CHANGED_H

#include "vault/vault.h"

/* Within a transaction: the card in row `card`. */
void changed_add(struct vault *v, uint64_t card);

/* After the commit: CARD_CHANGED for each; after a rollback: for none. */
void changed_tell(struct vault *v);
void changed_forget(struct vault *v);

#endif
