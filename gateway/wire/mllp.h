/*
 * mllp.h -- finds HL7 frames in a byte stream: <VT> frame <FS><CR>
 * (HL7 v3 Transport Specification MLLP R2; what senders really do: the
 * design's list R1-R9).
 *
 * Pure: reads no socket, allocates nothing, keeps no pointer to the input
 * after the call.  Frames are copied into storage that the caller names and
 * may replace by a larger one half-way.
 *
 * Forgiven: bytes before <VT> (counted), blanks between frames, <FS> inside
 * a frame, <FS> without <CR> where a <VT>, a pause or the end follows, a
 * frame cut short by the next <VT> (dropped, counted).
 */
#ifndef WIRE_MLLP_H
#define WIRE_MLLP_H

#include "base/span.h"

enum {
	MLLP_SKIP_MAX = 64 * 1024	/* bytes in a row outside a frame */
};

struct mllp_reader {
	struct buf frame;	/* the caller's storage */
	size_t limit_bytes;	/* the longest frame accepted */
	size_t skipped_in_row;
	enum { MLLP_OUTSIDE, MLLP_INSIDE, MLLP_AFTER_FS, MLLP_WHOLE } at;
	uint64_t skipped_bytes;	/* outside frames, but for CR, LF and NUL */
	uint64_t partial_frames;	/* dropped for a new <VT> */
};

/*
 * Starts a reader that keeps frames in `storage` (`size` bytes, borrowed
 * until it is replaced or the reader is no longer used) and accepts frames
 * up to `limit_bytes`.
 */
void mllp_init(struct mllp_reader *r, void *storage, size_t size,
    size_t limit_bytes);

/*
 * Takes bytes from `in`, moving in->ptr past what it consumed.
 *
 *   ST_OK         a whole frame is in mllp_frame(); call again for the rest
 *   ST_MORE       all input consumed, no whole frame yet
 *   ST_NO_SPACE   the storage is full, the limit is not reached: replace it
 *                 with mllp_move() and call again with the rest of `in`
 *   ST_TOO_BIG    the frame is longer than the limit
 *   ST_MALFORMED  over MLLP_SKIP_MAX bytes in a row outside a frame
 *
 * After the last two: close the connection.
 */
MUST_CHECK enum status mllp_push(struct mllp_reader *r, struct span *in);

/*
 * The sender has been silent for a while (500 ms or more).
 *
 *   ST_OK    it had ended a frame with <FS> alone: it is in mllp_frame()
 *   ST_MORE  nothing changes
 */
MUST_CHECK enum status mllp_pause(struct mllp_reader *r);

/*
 * The sender will send nothing more.
 *
 *   ST_OK         as for mllp_pause(); call again
 *   ST_MORE       between two frames: a clean end
 *   ST_MALFORMED  in the middle of a frame, which is lost
 */
MUST_CHECK enum status mllp_end_of_input(struct mllp_reader *r);

/* The last whole frame; valid until the next mllp_push(). */
struct span mllp_frame(const struct mllp_reader *r);

/* True between two frames: silence here is no fault (R7). */
bool mllp_is_idle(const struct mllp_reader *r);

/* The size to give mllp_move() next: twice the storage, at most the limit. */
size_t mllp_next_size(const struct mllp_reader *r);

/*
 * Copies what is kept so far into `storage`, which holds at least as much,
 * and goes on there; the old storage is the caller's again.
 */
void mllp_move(struct mllp_reader *r, void *storage, size_t size);

#endif
