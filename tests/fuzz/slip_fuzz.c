/* The first byte says in what pieces the rest arrives: the frames are those
 * of all at once, and each is found again when it is written. */
#include "wire/slip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t
add(uint64_t sum, struct span frame)
{
	for (size_t i = 0; i < frame.len; i++)
		sum = (sum ^ frame.ptr[i]) * UINT64_C(0x100000001b3);
	return sum + frame.len + 1;
}

static void
check_written(struct span frame)
{
	uint8_t wire[SLIP_WIRE_MAX];
	struct buf b = buf_over(wire, sizeof(wire));
	struct slip_reader again;
	struct span in;

	if (frame.len == 0 || slip_write(frame, &b) != ST_OK)
		abort();
	slip_init(&again);
	in = buf_span(&b);
	if (slip_push(&again, &in) != ST_OK || in.len != 0 ||
	    !span_equal(slip_frame(&again), frame))
		abort();
}

static uint64_t
frames(struct span in, size_t piece)
{
	struct slip_reader r;
	uint64_t sum = 0;

	slip_init(&r);
	while (in.len > 0) {
		struct span part = span_slice(in, 0, piece);

		in = span_slice(in, part.len, in.len);
		while (slip_push(&r, &part) == ST_OK) {
			check_written(slip_frame(&r));
			sum = add(sum, slip_frame(&r));
		}
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_slice((struct span){ data, len }, 1, len);

	if (len == 0)
		return 0;
	if (frames(in, 1 + data[0]) != frames(in, in.len))
		abort();
	if (in.len > 0 && in.len <= SLIP_FRAME_MAX)
		check_written(in);
	return 0;
}
