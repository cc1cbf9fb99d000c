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
	bool answer;			/* false: send nothing and close */
	bool ignored;			/* an ACK that came in: drop it */
	uint8_t key[32];		/* DELIVERY_BEGIN.key */
	uint8_t digest[32];		/* DELIVERY_BEGIN.digest */
	struct report *reports;
	size_t n_reports;
	unsigned warnings;		/* enum report_warning */
};

/*
 * Always fills `out`; ST_OK means "reports may be stored", ST_INVALID means
 * "answer out->reply (or close) and store nothing", ST_TOO_BIG means the
 * arena's limit was reached (answer out->reply).
 * `now_ms` is only for versions without any time of their own.
 */
MUST_CHECK enum status
parse_frame(struct span frame, const struct config_source *source,
    uint64_t now_ms, struct arena *arena, struct parsed *out);

#endif
