/*
 * input.h -- what a LIS delivered, whatever way it came and whatever it is
 * written in: one kind of input per format, each a pure parser and the words
 * of its answer.
 *
 *   way in                      kinds
 *   MLLP, MLLPS (session.h)     input_hl7
 *   HTTPS (fhir.listen)         input_fhir, input_sidecar
 *   watched folders (spool)     all
 *   guichet intake check        all
 *
 * Parsers: no socket, no clock, no file; memory only from the arena.
 */
#ifndef INPUT_INPUT_H
#define INPUT_INPUT_H

#include "base/arena.h"
#include "config/config.h"
#include "fhir/report.h"
#include "wire/hl7_ack.h"

struct input;

struct parsed {
	struct hl7_ack_head head;	/* what an ACK mirrors; MSH-3 and -4
					   also of inputs that are not HL7: who
					   sent it, as far as they say */
	/* The answer if everything can be stored: AA (or CA).  If not AA/CA,
	 * nothing is to be stored and this is the answer.  Other kinds than
	 * HL7 use AA, AE (its content is wrong) and AR (not something we take)
	 * with the error of HL70357, and say it in their own way. */
	struct hl7_ack_reply reply;
	struct span where;		/* FHIRPath or line, of `reply`; or empty */
	/* False with ST_OK: the sender asked for no answer (MSH-15, -16); store
	 * and go on.  False with ST_INVALID: close, unless `ignored`. */
	bool answer;
	/* An ACK that came in, or a refusal that the sender does not want to
	 * hear of: drop it and keep the connection. */
	bool ignored;
	bool unlisted;			/* refused: its source may not speak
					   for whom it names (senders) */
	uint8_t key[32];		/* DELIVERY_BEGIN.key */
	uint8_t digest[32];		/* DELIVERY_BEGIN.digest */
	struct report *reports;
	size_t n_reports;
	unsigned warnings;		/* enum report_warning */
	struct span wants;		/* ST_NOT_FOUND: the name of a file that
					   must be among the pieces */
	const void *detail;		/* the kind's own, for its answer */
};

struct input_kind {
	const char *name;		/* "HL7 v2", "FHIR" */
	/*
	 * Always fills `out`.
	 *
	 *   ST_OK        the reports may be stored
	 *   ST_INVALID   answer out->reply (or close) and store nothing
	 *   ST_TOO_BIG   the arena's limit was reached; answer out->reply
	 *   ST_NOT_FOUND out->wants is missing from the pieces
	 *
	 * out->head may borrow from the input, all else from `arena`.
	 * `now_ms` is only for versions without any time of their own.
	 */
	enum status (*parse)(const struct input *in, uint64_t now_ms,
	    struct arena *arena, struct parsed *out);
	/*
	 * Appends what the sender is told: p->reply, and what was stored.
	 * `id` is random: 20 hexadecimal digits.  ST_OK, or ST_NO_SPACE: it
	 * would be longer than answer_max.
	 */
	enum status (*answer)(const struct parsed *p, uint64_t now_ms,
	    struct span id, struct buf *out);
	size_t answer_max;		/* bytes, at most INPUT_ANSWER_MAX */
};

enum { INPUT_ANSWER_MAX = 32768, INPUT_PIECES_MAX = 16 };

/* A file that another one names. */
struct input_piece {
	struct span name, bytes;
};

struct input {
	const struct input_kind *kind;
	const struct config_source *source;
	struct span bytes;		/* the message, document or file */
	struct span name;		/* of the file; empty: not a file */
	const struct input_piece *pieces;
	size_t n_pieces;
	const uint8_t *peer;		/* 16 bytes: whose connection (conn_peer);
					   NULL: not one */
};

extern const struct input_kind input_hl7;

#endif
