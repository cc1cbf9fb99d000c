/*
 * hprim.h -- an HPRIM Santé 2.x file, unfolded: its lines made into segments
 * (HPRIM Santé 2.4 section 6, after ASTM E1238).
 *
 *   H|~^\&|...         5 delimiters by position: field, sub-field, repeater,
 *   P|1|...            escape, sub-sub-field
 *   OBR|1|...
 *   OBX|1|TX|...|A li
 *   A|ne that went on  an addendum: belongs, byte for byte, to the segment
 *   L|1||1|5           before it
 *
 * Lines end with CR, LF or CRLF; control characters in front of a line are
 * no part of it.  A line of an OBX or C that is no segment is text with a
 * line end in it, and stays there.  The 220 characters that a line may have
 * are counted, not enforced.  What a field means is the caller's; cutting
 * goes on with wire/hl7.h, whose delimiters are the same five.
 */
#ifndef WIRE_HPRIM_H
#define WIRE_HPRIM_H

#include "wire/hl7.h"

enum { HPRIM_LINE_MAX = 220 };	/* with its end */

enum hprim_fault {
	HPRIM_SOUND,
	HPRIM_NO_H,		/* it does not start with H and delimiters */
	HPRIM_DELIMITERS,	/* no ASCII marks, or one stands twice */
	HPRIM_SECOND_H,		/* two messages in one file */
	HPRIM_NO_SEGMENT,	/* a line that is neither segment nor text */
	HPRIM_NO_L,		/* incomplete: the rest did not come */
	HPRIM_AFTER_L,		/* something behind the end */
	HPRIM_PATIENTS,		/* 14.4 counts other P than there are */
	HPRIM_SEGMENTS,		/* 14.5 counts neither lines nor segments */
	HPRIM_FAULTS
};

struct hprim_file {
	struct hl7_delimiters d;
	enum hprim_fault fault;
	unsigned fault_line;	/* as an editor counts them, from 1 */
	unsigned lines;		/* that are not blank, A included */
	unsigned segments;	/* with their A joined */
	unsigned patients;	/* P */
	unsigned addenda;	/* A */
	unsigned long_lines;	/* over HPRIM_LINE_MAX */
	unsigned long counted_patients, counted_segments;	/* 14.4, 14.5 */
};

/* Bytes that hprim_unfold() writes for `len` bytes at the most. */
size_t hprim_most(size_t len);

/*
 * Appends the segments of `file`, each ended by CR, H first and L last; no
 * CR stands inside one.  Time is linear in the length.
 *
 *   ST_OK
 *   ST_MALFORMED  about->fault says why and about->fault_line where; what
 *                 was appended is undefined
 *   ST_NO_SPACE   `out` has less room than hprim_most()
 */
MUST_CHECK enum status
hprim_unfold(struct span file, struct buf *out, struct hprim_file *about);

/* The line of `file` on which segment `n`, from 1, starts; 0: none. */
unsigned hprim_line_of(struct span file, unsigned n);

/* True where `file` starts with H and five good delimiters; hprim_may_be():
 * with H and one mark, so that the others may be what is wrong with it. */
bool hprim_is(struct span file);
bool hprim_may_be(struct span file);

/* True for segment `name` ("P", "OBX"). */
bool hprim_segment_is(struct span segment, const char *name, uint8_t field);

#endif
