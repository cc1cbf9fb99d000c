#include "wire/mllp.h"

#include "wire/scan.h"

enum { VT = 0x0b, FS = 0x1c, CR = 0x0d, LF = 0x0a };

/* See mllp.h. */
void
mllp_init(struct mllp_reader *r, void *storage, size_t size,
    size_t limit_bytes)
{
	*r = (struct mllp_reader){
		.frame = buf_over(storage, size),
		.limit_bytes = limit_bytes,
		.at = MLLP_OUTSIDE,
	};
}

static void
drop(struct span *in, size_t bytes)
{
	in->ptr += bytes;
	in->len -= bytes;
}

/* What senders put between frames without meaning anything by it (R3). */
static bool
is_blank(uint8_t byte)
{
	return byte == CR || byte == LF || byte == 0;
}

static enum status
outside(struct mllp_reader *r, struct span *in)
{
	const uint8_t *vt = memchr(in->ptr, VT, in->len);
	size_t before = vt == NULL ? in->len : (size_t)(vt - in->ptr);

	/* Blanks are no noise, but endless blanks are no sender of ours. */
	for (size_t i = 0; i < before; i++)
		r->skipped_bytes += !is_blank(in->ptr[i]);
	r->skipped_in_row += before;
	drop(in, before);
	if (r->skipped_in_row > MLLP_SKIP_MAX)
		return ST_MALFORMED;
	if (vt == NULL)
		return ST_MORE;
	drop(in, 1);
	r->frame.len = 0;
	r->at = MLLP_INSIDE;
	return ST_MORE;
}

/* Appends as much of `s` as fits, taking it from `in`. */
static enum status
keep(struct mllp_reader *r, struct span s, struct span *in)
{
	size_t room = r->frame.max - r->frame.len;
	size_t allowed = r->limit_bytes - r->frame.len;
	size_t taken = s.len < room ? s.len : room;

	if (s.len > allowed)
		return ST_TOO_BIG;
	memcpy(r->frame.ptr + r->frame.len, s.ptr, taken);
	r->frame.len += taken;
	drop(in, taken);
	return taken < s.len ? ST_NO_SPACE : ST_MORE;
}

static enum status
inside(struct mllp_reader *r, struct span *in)
{
	size_t plain = scan_either(*in, FS, VT);

	if (plain > 0)
		TRY(keep(r, span_slice(*in, 0, plain), in));
	return ST_MORE;
}

/* <FS> or <VT> stands before us in a frame. */
static enum status
inside_mark(struct mllp_reader *r, struct span *in)
{
	uint8_t mark = *in->ptr;

	drop(in, 1);
	if (mark == FS) {
		r->at = MLLP_AFTER_FS;
		return ST_MORE;
	}
	/* <VT><VT> only repeats the start; anything longer was a frame. */
	r->partial_frames += r->frame.len > 0;
	r->frame.len = 0;
	return ST_MORE;
}

static enum status
whole(struct mllp_reader *r)
{
	r->at = MLLP_WHOLE;
	r->skipped_in_row = 0;
	return ST_OK;
}

static enum status
after_fs(struct mllp_reader *r, struct span *in)
{
	static const uint8_t fs = FS;
	struct span lone = { &fs, 1 };

	if (*in->ptr == VT)
		return whole(r);	/* the next frame begins: R1 */
	if (*in->ptr == CR) {
		drop(in, 1);
		return whole(r);
	}
	/* It was data (R4); the byte in hand is looked at again. */
	if (r->frame.len == r->limit_bytes)
		return ST_TOO_BIG;
	if (r->frame.len == r->frame.max)
		return ST_NO_SPACE;
	r->at = MLLP_INSIDE;
	return buf_append_span(&r->frame, lone) == ST_OK ? ST_MORE : ST_NO_SPACE;
}

static enum status
step(struct mllp_reader *r, struct span *in)
{
	if (r->at == MLLP_WHOLE)
		r->at = MLLP_OUTSIDE;
	if (r->at == MLLP_OUTSIDE)
		return outside(r, in);
	if (r->at == MLLP_AFTER_FS)
		return after_fs(r, in);
	if (*in->ptr == FS || *in->ptr == VT)
		return inside_mark(r, in);
	return inside(r, in);
}

/* See mllp.h. */
enum status
mllp_push(struct mllp_reader *r, struct span *in)
{
	enum status st = ST_MORE;

	while (st == ST_MORE && in->len > 0)
		st = step(r, in);
	return st;
}

/* See mllp.h. */
enum status
mllp_pause(struct mllp_reader *r)
{
	return r->at == MLLP_AFTER_FS ? whole(r) : ST_MORE;
}

/* See mllp.h. */
enum status
mllp_end_of_input(struct mllp_reader *r)
{
	if (r->at == MLLP_AFTER_FS)
		return whole(r);
	return r->at == MLLP_INSIDE ? ST_MALFORMED : ST_MORE;
}

/* See mllp.h. */
struct span
mllp_frame(const struct mllp_reader *r)
{
	return buf_span(&r->frame);
}

/* See mllp.h. */
bool
mllp_is_idle(const struct mllp_reader *r)
{
	return r->at == MLLP_OUTSIDE || r->at == MLLP_WHOLE;
}

/* See mllp.h. */
size_t
mllp_next_size(const struct mllp_reader *r)
{
	return r->frame.max > r->limit_bytes / 2 ? r->limit_bytes
	    : r->frame.max * 2;
}

/* See mllp.h. */
void
mllp_move(struct mllp_reader *r, void *storage, size_t size)
{
	memcpy(storage, r->frame.ptr, r->frame.len);
	r->frame.ptr = storage;
	r->frame.max = size;
}
