/*
 * hl7.h -- cuts an HL7 v2 message into segments, fields, repetitions,
 * components and subcomponents (HL7 v2.5.1 section 2.5-2.7), as spans into
 * the message: nothing is copied, nothing is allocated.
 *
 * Only delimiters and line ends are understood here; what a field means is
 * the caller's.  Empty and missing are the same: a span of length 0.
 */
#ifndef WIRE_HL7_H
#define WIRE_HL7_H

#include "base/span.h"

/* MSH-1 and MSH-2.  A delimiter that the sender did not state is 0, which
 * then separates nothing. */
struct hl7_delimiters {
	uint8_t field, component, repetition, escape, subcomponent;
	uint8_t truncation;	/* 2.7 and later: "#"; only told, not acted on */
};

enum {
	HL7_FIELDS_MAX = 64	/* of a segment; what follows is ignored */
};

/* A segment in pieces.  at[0] is its name, at[n] is field n; for MSH, FHS
 * and BHS at[1] is the separator and at[2] the other delimiters. */
struct hl7_fields {
	struct span at[HL7_FIELDS_MAX];
	size_t n;
};

/*
 * Reads the delimiters off a segment that starts with "MSH", "FHS" or "BHS".
 *
 *   ST_OK
 *   ST_MALFORMED  MSH-1 is no delimiter; `d` is untouched
 *   ST_INVALID    MSH-2 has not 3 to 5 characters, or one that is a letter,
 *                 a digit, no printable ASCII, or stands twice; d->field is
 *                 set and nothing else
 */
MUST_CHECK enum status
hl7_delimiters_read(struct span segment, struct hl7_delimiters *d);

/*
 * Takes the next message off a frame: from its MSH to before the next one.
 * FHS, BHS, BTS, FTS and what stands before the first MSH are left out; a
 * byte order mark goes with them.  ST_OK or ST_NOT_FOUND.
 */
MUST_CHECK enum status
hl7_next_message(struct span *frame, struct span *message);

/*
 * Goes through the segments of one message, in time linear in its length.
 *
 * A message whose first line end is CR is cut at CR, an LF directly after it
 * is swallowed and any other LF is data; a message whose first line end is
 * LF is cut at both.  Blank lines are skipped.  A line that is no segment
 * belongs to the OBX or NTE before it, otherwise it is skipped.
 */
struct hl7_reader {
	struct span rest;
	uint8_t field;		/* MSH-1 */
	bool cut_at_lf;
};

void hl7_reader_init(struct hl7_reader *r, struct span message);

/* The next segment, without its line end; ST_OK or ST_NOT_FOUND. */
MUST_CHECK enum status
hl7_next_segment(struct hl7_reader *r, struct span *segment);

/* True for segment `name` ("PID"). */
bool hl7_segment_is(struct span segment, const char *name);

void hl7_split(struct span segment, const struct hl7_delimiters *d,
    struct hl7_fields *fields);

/* Field n, or an empty span past the end. */
struct span hl7_field(const struct hl7_fields *fields, size_t n);

/*
 * Takes the next piece before `separator` off `rest`; false when there was
 * nothing left: rest->ptr is NULL, as it is in a missing field.  "a~b" gives
 * "a", "b"; "a~" gives "a", ""; "" gives "".
 */
bool hl7_next_piece(struct span *rest, uint8_t separator, struct span *piece);

/* Piece n, from 1; empty where there is none. */
struct span hl7_piece(struct span s, uint8_t separator, size_t n);

/* The first repetition, and component n of the first repetition. */
struct span hl7_first(struct span field, const struct hl7_delimiters *d);
struct span hl7_component(struct span repetition,
    const struct hl7_delimiters *d, size_t n);
struct span hl7_subcomponent(struct span component,
    const struct hl7_delimiters *d, size_t n);

/* True for `""`, the explicit null of HL7 v2.5.1 section 2.5.3. */
bool hl7_is_null(struct span field);

/*
 * Appends `raw` with its escape sequences resolved (section 2.7).
 *
 * Delimiters and \Xhh..\ become bytes of the message's character set, \.br\
 * and \.sp\ a line feed, highlighting and indents nothing; what is unknown
 * or unterminated stays as it is.  Control characters other than TAB, LF and
 * CR are left out, CR and CRLF become LF.  Never longer than `raw`, never
 * a NUL.  ST_OK or ST_NO_SPACE.
 */
MUST_CHECK enum status
hl7_unescape(struct span raw, const struct hl7_delimiters *d, struct buf *out);

#endif
