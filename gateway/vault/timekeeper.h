/*
 * timekeeper.h -- feeds clock/ and keeps its floor in two copies: the clock
 * row, written with every commit, and the file "clock.floor", which also
 * survives a restored older database.
 */
#ifndef VAULT_TIMEKEEPER_H
#define VAULT_TIMEKEEPER_H

#include "vault/vault.h"

/* Reads both copies and the clocks.  ST_OK or as sql_run(). */
MUST_CHECK enum status timekeeper_start(struct vault *v);

/* Reads the clocks. */
void timekeeper_read(struct vault *v);

/* Writes the clock row, within a transaction.  As sql_run(). */
MUST_CHECK enum status timekeeper_store(struct vault *v);

/* Reads the clocks; saves the row when a minute, the file when a quarter of
 * an hour has passed. */
void timekeeper_tick(struct vault *v);

/* Saves both now.  Failures are logged. */
void timekeeper_save(struct vault *v);

#endif
