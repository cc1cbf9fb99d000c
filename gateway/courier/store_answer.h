/*
 * store_answer.h -- what a store's answer to a wish means for the outbox.
 *
 * Pure.  Whatever cannot come from a store (a login page in its place, an
 * answer to a PUT without an ETag) is not believed, whatever its status.
 */
#ifndef COURIER_STORE_ANSWER_H
#define COURIER_STORE_ANSWER_H

#include "courier/dialect.h"
#include "ipc/outbox.h"

enum store_sense {
	SENSE_FINAL,		/* the verdict stands */
	SENSE_STRANGER,		/* 401: the token is not known (any more) */
	SENSE_SKEWED		/* 403: our clocks differ */
};

struct store_verdict {
	enum store_sense sense;
	enum outbox_outcome outcome;
	uint64_t retry_after_s;
	char     error[96];		/* our own words; empty with DONE */
};

/* `now_s` is our time, `skew_s` how far the host's was thought to be off. */
void store_judge(enum store_verb verb, const struct http_answer *answer,
    struct span body, uint64_t now_s, int64_t skew_s,
    struct store_verdict *verdict);

/* The host's Date minus `now_s`; 0 where there is none, and where it is a
 * minute or less, which no store minds. */
int64_t store_skew(const struct http_answer *answer, uint64_t now_s);

#endif
