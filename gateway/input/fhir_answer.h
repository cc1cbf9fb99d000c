/*
 * fhir_answer.h -- what a sender over HTTPS is told: transaction-response,
 * OperationOutcome, CapabilityStatement (FHIR R4).
 *
 * An answer as it is stored and replayed is "201 Bundle/1f2e...\n" and the
 * body: the code, perhaps a Location below [base], a line feed, JSON.
 * Never: a word of what was sent.
 */
#ifndef INPUT_FHIR_ANSWER_H
#define INPUT_FHIR_ANSWER_H

#include "input/fhir_context.h"
#include "input/input.h"

/* The `detail` of struct parsed, of FHIR and of sidecars. */
struct fhir_detail {
	bool is_transaction;		/* 200; otherwise 201 and a Location */
	const char *location;		/* "Bundle"; what was made of it */
	struct fhir_refusal refusal;	/* http 0: not refused */
	const struct fhir_resource *resources;	/* the entries come first */
	size_t n_entries;
	struct fhir_remark remarks[FHIR_REMARKS_MAX];
	size_t n_remarks;
};

/* struct input_kind.answer of both kinds. */
MUST_CHECK enum status
fhir_answer_write(const struct parsed *p, uint64_t now_ms, struct span id,
    struct buf *out);

/* Takes the first line off an answer: its code, and a Location or nothing.
 * ST_OK or ST_MALFORMED. */
MUST_CHECK enum status
fhir_answer_split(struct span answer, unsigned *code, struct span *location,
    struct span *body);

/* Appends an OperationOutcome of one issue; `text` is ours. */
MUST_CHECK enum status
fhir_outcome_write(const char *code, const char *text, struct span where,
    struct buf *out);

/* Appends the CapabilityStatement. */
MUST_CHECK enum status fhir_capability_write(struct buf *out);

#endif
