/*
 * retry.h -- when to try again: back-off for a row, a breaker for a host.
 * Pure; docs/operations/drop.md says the same in words.
 */
#ifndef VAULT_RETRY_H
#define VAULT_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum {
	RETRY_FIRST_S = 2,
	RETRY_MAX_S = 900,	/* outbox.retry_max, if nobody says otherwise */
	RETRY_ASKED_MAX_S = 3600,	/* what a host may ask for */
	BREAKER_FAILURES = 5,	/* in a row: open */
	BREAKER_FIRST_S = 5,
	BREAKER_MAX_S = 300
};

/* Seconds until attempt number `tries` + 1: RETRY_FIRST_S, doubling, at most
 * `max_s` (outbox.retry_max), of which between a half and all, by chance:
 * `random` is 32 random bits.  Never less than the host asked for
 * (RETRY_ASKED_MAX_S). */
uint64_t retry_after_s(uint64_t tries, uint64_t max_s, uint64_t asked_s,
    uint32_t random);

/* A host's state; kept in a row of `host`. */
struct breaker {
	uint64_t failures;	/* in a row */
	uint64_t failing_since_s;	/* 0: not */
	uint64_t retry_s;	/* open until then; 0: closed */
};

/* From BREAKER_FAILURES on it opens: for BREAKER_FIRST_S, doubling at each
 * failure, at most BREAKER_MAX_S and `max_s`, half of it by chance; and
 * wherever the host asked for a time.  What fails while it is open was under
 * way before, and does not count. */
void breaker_failed(struct breaker *b, uint64_t now_s, uint64_t max_s,
    uint64_t asked_s, uint32_t random);
void breaker_worked(struct breaker *b);

/* How many rows may be out at once: none while it is open, one when it is
 * time to try again, any when it is closed.  A time that no breaker of ours
 * gives (the clock was ahead) has come. */
unsigned breaker_allows(const struct breaker *b, uint64_t now_s, unsigned any);

#endif
