/*
 * outbox_rows.h -- a vault whose outbox is full: real rows, made by the
 * vault's own code, for outbox_bench.c.
 *
 * Ten rows to a card: its index, four objects, four deletions, one notice.
 * Beside them CLOSING bundles that lie in the drop already and close a day
 * after the start.  Each kind is due at a time of its own, so that one kind
 * can be taken by itself.
 */
#ifndef BENCH_OUTBOX_ROWS_H
#define BENCH_OUTBOX_ROWS_H

#include "vault_rig.h"

enum { CLOSING = 1000, PER_CARD = 4, ROWS_PER_CARD = 10,
	OBJECT_BYTES = 90112 };

/* Seconds after RIG_START_S; all below the hour that a row may wait. */
enum { NOTICES_DUE_S = 60, OBJECTS_DUE_S = 600, INDEXES_DUE_S = 1200,
	DELETIONS_DUE_S = 1800 };

/* Dies, saying what, unless `st` is ST_OK. */
void must(enum status st, const char *what);

/* `out` is the number of card `i`, with its NUL. */
void card_number(uint64_t i, char out[static CARD_TEXT + 1]);
/* CARD_STORE of card `i` with drop, day code and addresses, as a job. */
void take_card(struct rig *r, uint64_t i);

/* `rows` of them, a multiple of ROWS_PER_CARD; the vault is open. */
void fill_outbox(struct rig *r, uint64_t rows);

#endif
