/*
 * utf16.h -- a whole file in UTF-16 to UTF-8, as a word processor or a
 * Windows tool leaves it in a folder.  Only with a byte order mark: without
 * one nothing tells it from bytes of another kind.
 *
 * Not for MLLP, whose framing bytes may stand inside UTF-16.
 */
#ifndef WIRE_UTF16_H
#define WIRE_UTF16_H

#include "base/span.h"

/* True where `s` starts with FF FE or FE FF. */
bool utf16_is(struct span s);

/* Bytes that utf16_to_utf8() writes for `len` bytes at the most. */
size_t utf16_most(size_t len);

/*
 * Appends `s`, which starts with its mark, as UTF-8 without one (RFC 2781).
 * Half a surrogate pair, and an odd byte at the end, become U+FFFD, so that
 * the result is always valid.  ST_OK or ST_NO_SPACE.
 */
MUST_CHECK enum status utf16_to_utf8(struct span s, struct buf *out);

#endif
