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
	RETRY_MAX_S = 900,	/* the ceiling: then every quarter of an hour */
	BREAKER_FAILURES = 5,	/* in a row: open */
	BREAKER_FIRST_S = 5,
	BREAKER_MAX_S = 300
};

/* Seconds until attempt number `tries` + 1: doubles, at most RETRY_MAX_S,
 * of which a random part of a half: `random` is 32 random bits. */
uint64_t retry_after_s(uint64_t tries, uint64_t asked_s, uint32_t random);

/* A host's state; kept in a row of `host`. */
struct breaker {
	uint64_t failures;	/* in a row */
	uint64_t failing_since_s;	/* 0: not */
	uint64_t retry_s;	/* open until then; 0: closed */
};

void breaker_failed(struct breaker *b, uint64_t now_s, uint64_t asked_s,
    uint32_t random);
void breaker_worked(struct breaker *b);

/* How many rows may be out at once: none while it is open, one when it is
 * time to try again, any when it is closed. */
unsigned breaker_allows(const struct breaker *b, uint64_t now_s, unsigned any);

#endif
