/*
 * parse.h -- from one MLLP frame to reports and to what the ACK must say.
 *
 * Pure: no socket, no clock, no file; memory only from the arena.  Knows
 * HL7 v2 (wire/hl7.h) and the release matrix (input/release.h).
 */
#ifndef INPUT_PARSE_H
#define INPUT_PARSE_H

#include "input/input.h"
#include "wire/hl7_batch.h"

/*
 * `frame` holds one message.  A frame with several (HL7 batches) is cut with
 * hl7_next_message() of wire/hl7.h first, and each gets its own ACK; given
 * whole it is refused.  The head borrows from `frame`, all else from `arena`.
 *
 * Always fills `out`; ST_OK means "reports may be stored", ST_INVALID means
 * "answer out->reply (or close) and store nothing", ST_TOO_BIG means the
 * arena's limit was reached (answer out->reply).
 * `now_ms` is only for versions without any time of their own.
 */
MUST_CHECK enum status
parse_frame(struct span frame, const struct config_source *source,
    uint64_t now_ms, struct arena *arena, struct parsed *out);

/* Appends the one answer to a batch; `id` as input_kind.answer has it.
 * ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
parse_batch_answer(const struct hl7_batch *batch, uint64_t now_ms,
    struct span id, struct buf *out);

#endif
