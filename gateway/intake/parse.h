/*
 * parse.h -- from one MLLP frame to reports and to what the ACK must say.
 *
 * Pure: no socket, no clock, no file; memory only from the arena.  Knows
 * HL7 v2 (wire/hl7.h) and the release matrix (intake/release.h).
 */
#ifndef INTAKE_PARSE_H
#define INTAKE_PARSE_H

#include "base/arena.h"
#include "config/config.h"
#include "fhir/report.h"
#include "wire/hl7_ack.h"

struct parsed {
	struct hl7_ack_head head;	/* what an ACK mirrors */
	/* The answer if everything can be stored: AA (or CA).  If not AA/CA,
	 * nothing is to be stored and this is the answer. */
	struct hl7_ack_reply reply;
	/* False with ST_OK: the sender asked for no answer (MSH-15, -16); store
	 * and go on.  False with ST_INVALID: close, unless `ignored`. */
	bool answer;
	/* An ACK that came in, or a refusal that the sender does not want to
	 * hear of: drop it and keep the connection. */
	bool ignored;
	uint8_t key[32];		/* DELIVERY_BEGIN.key */
	uint8_t digest[32];		/* DELIVERY_BEGIN.digest */
	struct report *reports;
	size_t n_reports;
	unsigned warnings;		/* enum report_warning */
};

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

#endif
