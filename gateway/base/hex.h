/* hex.h -- lower-case hexadecimal, for identifiers and digests in text. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/span.h"

/* Appends 2 * in.len symbols; ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status hex_encode(struct span in, struct buf *out);

/* Appends in.len / 2 bytes, either case; ST_OK, ST_MALFORMED, ST_NO_SPACE. */
MUST_CHECK enum status hex_decode(struct span in, struct buf *out);

#endif
