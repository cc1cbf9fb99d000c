/*
 * hl7_ack.h -- builds the acknowledgement of an HL7 v2 message (lis.md 1.3).
 *
 * MSA-2 is MSH-10 byte for byte.  Never echoes anything else of the message:
 * what stands in an ACK ends up in the sender's log.
 */
#ifndef WIRE_HL7_ACK_H
#define WIRE_HL7_ACK_H

#include "base/span.h"

enum { HL7_ACK_MAX = 4000 };	/* python3-hl7 reads 4096 at once (R16) */

enum hl7_ack_code {
	HL7_AA, HL7_AE, HL7_AR,	/* original mode, HL70008 */
	HL7_CA, HL7_CE, HL7_CR	/* enhanced mode, accept */
};

/* The bytes of the incoming MSH that the ACK mirrors, verbatim; borrowed
 * from the frame. */
struct hl7_ack_head {
	uint8_t     field_separator;
	struct span encoding;		/* MSH-2 */
	struct span sending_application, sending_facility;	/* MSH-3, -4 */
	struct span receiving_application, receiving_facility;	/* MSH-5, -6 */
	struct span control_id;		/* MSH-10 */
	struct span processing_id;	/* MSH-11 */
	struct span version;		/* MSH-12 */
	struct span country, charset;	/* MSH-17, -18 */
};

struct hl7_ack_reply {
	enum hl7_ack_code code;
	unsigned     error;		/* HL70357; 0: none */
	const char  *segment;		/* "PID", NULL: none */
	unsigned     sequence, field;	/* from 1; 0: none */
	const char  *text;		/* our own words, ASCII; NULL: none */
};

/*
 * Appends the ACK message, segments ended by CR, without MLLP framing.
 * `own_id` is our MSH-10, `time` an HL7 timestamp with offset.
 * ST_OK or ST_NO_SPACE; never more than HL7_ACK_MAX bytes.
 */
MUST_CHECK enum status
hl7_ack_write(const struct hl7_ack_head *head, const struct hl7_ack_reply *reply,
    struct span own_id, struct span time, struct buf *out);

#endif
