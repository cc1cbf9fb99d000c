/*
 * hl7_number.h -- an HL7 number (NM, HL7 v2.5.1 section 2.A.47; parts of SN)
 * as a JSON number, digit for digit: "5.10" stays "5.10".
 */
#ifndef WIRE_HL7_NUMBER_H
#define WIRE_HL7_NUMBER_H

#include "base/span.h"

enum { HL7_NUMBER_MAX = 64 };	/* bytes; longer is no measured value */

/*
 * Appends `text` as a JSON number (RFC 8259 section 6).  Blanks around it, a
 * "+", leading zeros and a missing digit beside the point are put right, a
 * decimal comma becomes a point and sets `comma`.
 *
 *   ST_OK, ST_NO_SPACE
 *   ST_NOT_FOUND  empty or blank
 *   ST_MALFORMED  not one number: "1 234", "1,234.5", "<5", "NEG"
 */
MUST_CHECK enum status
hl7_number_write(struct span text, struct buf *out, bool *comma);

#endif
