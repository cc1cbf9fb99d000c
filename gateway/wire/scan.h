/*
 * scan.h -- finds the first of two byte values, eight bytes at a time.
 *
 * A frame is searched for <VT> or <FS>, a message for CR or LF.  Two runs of
 * memchr() would take time squared where the bytes alternate.
 */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include "base/span.h"

/* Bytes of `s` before the first `a` or `b`; s.len where there is none. */
size_t scan_either(struct span s, uint8_t a, uint8_t b);

/* Bytes of `s` before the first one that is not ASCII (0x00-0x7f). */
size_t scan_non_ascii(struct span s);

#endif
