/*
 * ed.h -- the bytes inside an HL7 attachment (ED.5): base64 or hex as a LIS
 * sends them, broken by line ends, blanks and escape sequences, or as they
 * are but for escapes (ED.4 "A").
 *
 * Forgiving about form, never about content: a symbol that is neither data
 * nor a break stops the decoding.  Not for JOSE; that is base/base64.h.
 */
#ifndef WIRE_ED_H
#define WIRE_ED_H

#include "wire/hl7.h"

/* Bytes that ed_base64() or ed_hex() write for `len` bytes at the most. */
size_t ed_most(size_t len);

/*
 * Appends the bytes of base64 `data` (RFC 4648 section 4).  Skipped: CR, LF,
 * TAB, blank, and `escape`-delimited \.br\ and \X0D\, \X0A\, \X0D0A\.
 * Padding may be missing.
 *
 *   ST_OK, ST_NO_SPACE
 *   ST_MALFORMED  a foreign symbol, data after the padding, or one symbol
 *                 left over; what was appended is undefined
 */
MUST_CHECK enum status
ed_base64(struct span data, uint8_t escape, struct buf *out);

/* The same for pairs of hexadecimal digits. */
MUST_CHECK enum status
ed_hex(struct span data, uint8_t escape, struct buf *out);

/*
 * Appends `data` as it stands, with \Xhh..\ as those very bytes and \F\,
 * \S\, \T\, \R\, \E\ as delimiters; anything else is data.  Unlike
 * hl7_unescape() it lets every byte through: it is no text.
 * ST_OK or ST_NO_SPACE; never longer than `data`.
 */
MUST_CHECK enum status
ed_plain(struct span data, const struct hl7_delimiters *d, struct buf *out);

/* True where `data` is the base64 of something that starts with "%PDF-",
 * breaks passed over. */
bool ed_looks_like_pdf(struct span data, uint8_t escape);

#endif
