/*
 * refusals.h -- the last messages that were refused, for `guichet intake
 * tail`: when, whose, what and why in our own words; nothing of the message.
 */
#ifndef INTAKE_REFUSALS_H
#define INTAKE_REFUSALS_H

#include "input/input.h"

enum { REFUSALS_KEPT = 64 };

struct refusal {
	uint64_t at_ms;			/* UTC epoch milliseconds */
	const char *source, *kind;	/* static, or the configuration's */
	struct hl7_ack_reply reply;
};

struct refusals {
	struct refusal kept[REFUSALS_KEPT];
	uint64_t n;			/* all there ever were */
};

void refusals_add(struct refusals *r, uint64_t now_ms,
    const struct input *input, const struct hl7_ack_reply *reply);

/* The refusal with this number, from 0; NULL where it is not kept any more,
 * or has not come yet. */
const struct refusal *refusals_at(const struct refusals *r, uint64_t number);

/* "AE 101 PID-3: ...", without a line end; appends as much as fits. */
void refusal_words(const struct hl7_ack_reply *reply, struct buf *out);

#endif
