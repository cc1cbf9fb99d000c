/* The first byte says in what pieces the rest arrives; storage grows. */
#include "wire/mllp.h"

#include <stdlib.h>

#include "base/span.h"

enum { LIMIT = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum status
push(struct mllp_reader *r, struct span *in)
{
	enum status st;

	while ((st = mllp_push(r, in)) == ST_NO_SPACE) {
		size_t size = mllp_next_size(r);
		uint8_t *larger = malloc(size), *old = r->frame.ptr;

		if (size <= r->frame.max)
			abort();	/* it could never go on */
		mllp_move(r, larger, size);
		free(old);
	}
	return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct mllp_reader r;
	struct span in = { data, len };
	size_t piece = len == 0 ? 1 : 1 + data[0] % 31u;
	enum status st = ST_MORE;

	mllp_init(&r, malloc(8), 8, LIMIT);
	in = span_slice(in, 1, len);
	while (in.len > 0 && (st == ST_MORE || st == ST_OK)) {
		struct span part = span_slice(in, 0, piece);
		size_t before = part.len;

		st = push(&r, &part);
		if (st == ST_OK && mllp_frame(&r).len > LIMIT)
			abort();
		if (st == ST_MORE && part.len != 0)
			abort();	/* ST_MORE means all was taken */
		in = span_slice(in, before - part.len, in.len);
		if (piece % 7 == 0 && mllp_pause(&r) == ST_OK &&
		    !mllp_is_idle(&r))
			abort();
	}
	if (mllp_end_of_input(&r) == ST_OK && mllp_end_of_input(&r) == ST_OK)
		abort();
	free(r.frame.ptr);
	return 0;
}
