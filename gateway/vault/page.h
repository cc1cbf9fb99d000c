/* page.h -- how a list or an action for the desk ends: rows, then DONE. */
#ifndef VAULT_PAGE_H
#define VAULT_PAGE_H

#include "vault/vault.h"

/* Sends DONE; `more`: the desk asks again after the last row. */
void page_done(struct vault *v, uint64_t request, enum status st, bool more);

/* Sends one row of `q` to the desk. */
typedef void page_row_fn(struct vault *v, uint64_t request, sqlite3_stmt *q);

/* Runs `q`, whose first two parameters are the last row the desk has and a
 * limit: at most `most` rows (0: as many as a page has), then DONE. */
void page_send(struct vault *v, uint64_t request, sqlite3_stmt *q,
    uint64_t after, uint64_t most, page_row_fn *row);

#endif
