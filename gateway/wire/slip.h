/*
 * slip.h -- frames on a line that others write to as well: SLIP (RFC 1055),
 * and behind the frame its CRC-32 (ISO-HDLC, big-endian).
 *
 *     END  frame, CRC-32, with END and ESC escaped  END
 *
 * What is no frame (a kernel's message, noise, half a frame) is dropped up to
 * the next END.  Pure: keeps no pointer to the input after the call.
 */
#ifndef WIRE_SLIP_H
#define WIRE_SLIP_H

#include "base/span.h"

enum {
	SLIP_FRAME_MAX = 1024 + 16,
	SLIP_CRC_BYTES = 4,
	/* All of a frame escaped, and two ENDs. */
	SLIP_WIRE_MAX = 2 * (SLIP_FRAME_MAX + SLIP_CRC_BYTES) + 2
};

struct slip_reader {
	uint8_t  bytes[SLIP_FRAME_MAX + SLIP_CRC_BYTES];
	size_t   len;
	bool     is_escaped, is_bad;
	size_t   frame_len;	/* of the last whole frame */
	uint64_t dropped;	/* times that something was no frame */
};

void slip_init(struct slip_reader *r);

/*
 * Takes bytes from `in`, moving in->ptr past what it consumed.
 *
 *   ST_OK    a whole frame is in slip_frame(); call again for the rest
 *   ST_MORE  all input consumed
 */
MUST_CHECK enum status slip_push(struct slip_reader *r, struct span *in);

/* At least one byte, without its CRC; valid until the next slip_push(). */
struct span slip_frame(const struct slip_reader *r);

/* Appends `frame` (1 to SLIP_FRAME_MAX bytes) as it goes over the line.
 * ST_OK, or ST_NO_SPACE: `out` has less than SLIP_WIRE_MAX left and `frame`
 * needs more than there is; nothing was appended. */
MUST_CHECK enum status slip_write(struct span frame, struct buf *out);

#endif
