/*
 * base64.h -- base64url without padding (RFC 4648 section 5, as JOSE uses it)
 * and base64 with padding (section 4, as FHIR attachments use it).
 *
 * Decoding is strict: no white space, no foreign symbol, no non-zero trailing
 * bits.  The forgiving reader for what a LIS sends is wire/ed.h.
 * Constant time is not needed where these are used on ciphertext; encoding a
 * key goes through them too, which indexes a 64-byte table (one cache line).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/span.h"

/* Symbols that `bytes` take without padding. */
size_t base64url_length(size_t bytes);

/* Appends the encoding of `in`; ST_OK or ST_NO_SPACE.  `in` may lie at the
 * very end of the space that its encoding will take (it is overwritten). */
MUST_CHECK enum status base64url_encode(struct span in, struct buf *out);
MUST_CHECK enum status base64_encode(struct span in, struct buf *out);

/* Appends the decoded bytes; ST_OK, ST_MALFORMED or ST_NO_SPACE. */
MUST_CHECK enum status base64url_decode(struct span in, struct buf *out);

#endif
