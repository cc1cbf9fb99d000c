#include "ipc/inbox.h"

#include "tap.h"

enum { BODY_MAX = 40000 };

static uint8_t stream[200000];

/* Frames with bodies of these lengths, one after the other. */
static size_t
write_frames(const size_t *lengths, size_t n)
{
	struct buf out = buf_over(stream, sizeof(stream));

	for (size_t i = 0; i < n; i++) {
		ok(frame_head(0x100 + i, lengths[i], &out) == ST_OK,
		    "head of a frame of %zu bytes", lengths[i]);
		for (size_t b = 0; b < lengths[i]; b++)
			out.ptr[out.len++] = (uint8_t)(b + i);
	}
	return out.len;
}

static bool
body_is(struct span body, size_t len, size_t i)
{
	if (body.len != len)
		return false;
	for (size_t b = 0; b < len; b++)
		if (body.ptr[b] != (uint8_t)(b + i))
			return false;
	return true;
}

/* Feeds `len` bytes in pieces of at most `piece`; counts good frames. */
static size_t
feed(size_t len, size_t piece, const size_t *lengths)
{
	struct inbox in;
	size_t at = 0, good = 0;

	inbox_init(&in, BODY_MAX);
	while (at < len) {
		struct buf room = inbox_room(&in);
		size_t n = room.max < piece ? room.max : piece;
		struct span body;
		uint64_t id;

		n = n < len - at ? n : len - at;
		memcpy(room.ptr, stream + at, n);
		inbox_add(&in, n);
		at += n;
		while (inbox_next(&in, &id, &body) == ST_OK) {
			good += id == 0x100 + good &&
			    body_is(body, lengths[good], good);
			inbox_done(&in, body.len, true);
		}
	}
	inbox_trim(&in);
	good += in.ptr == NULL;		/* nothing is left over */
	inbox_clear(&in);
	return good;
}

static void
test_pieces(void)
{
	static const size_t lengths[] = { 0, 1, 7, 16376, 16377, 40000, 3, 39999 };
	static const size_t pieces[] = { 1, 2, 3, 7, 8, 9, 4096, 16384, 65536 };
	size_t len = write_frames(lengths, COUNT(lengths));

	for (size_t i = 0; i < COUNT(pieces); i++)
		ok(feed(len, pieces[i], lengths) == COUNT(lengths) + 1,
		    "all frames, read %zu bytes at a time", pieces[i]);
}

static void
test_every_split(void)
{
	static const size_t lengths[] = { 5, 0, 20 };
	size_t len = write_frames(lengths, COUNT(lengths)), good = 0;

	for (size_t split = 1; split < len; split++)
		good += feed(len, split, lengths) == COUNT(lengths) + 1;
	ok(good == len - 1, "all frames, at every split");
}

static enum status
first_status(const uint8_t *bytes, size_t len)
{
	struct inbox in;
	struct span body;
	uint64_t id;
	enum status st;

	inbox_init(&in, 100);
	memcpy(inbox_room(&in).ptr, bytes, len);
	inbox_add(&in, len);
	st = inbox_next(&in, &id, &body);
	inbox_clear(&in);
	return st;
}

static void
test_refusals(void)
{
	static const uint8_t dirty[] = { 0, 1, 0, 1, 0, 0, 0, 0 };
	static const uint8_t big[] = { 0, 1, 0, 0, 0, 0, 0, 101 };
	static const uint8_t huge[] = { 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t fits[] = { 0, 1, 0, 0, 0, 0, 0, 100 };

	ok(first_status(dirty, 8) == ST_MALFORMED, "bytes that must be zero");
	ok(first_status(big, 8) == ST_TOO_BIG, "a byte over the limit");
	ok(first_status(huge, 8) == ST_TOO_BIG, "4 GiB");
	ok(first_status(fits, 8) == ST_MORE, "exactly the limit is waited for");
	ok(first_status(big, 7) == ST_MORE, "a head in part");
	ok(first_status(big, 0) == ST_MORE, "nothing at all");
}

static void
test_wiped(void)
{
	static const size_t lengths[] = { 64 };
	size_t len = write_frames(lengths, 1), left = 0;
	struct inbox in;
	struct span body;
	const uint8_t *where;
	uint64_t id;

	inbox_init(&in, BODY_MAX);
	memcpy(inbox_room(&in).ptr, stream, len);
	inbox_add(&in, len);
	ok(inbox_next(&in, &id, &body) == ST_OK, "a frame");
	where = body.ptr;
	inbox_done(&in, body.len, true);
	for (size_t i = 0; i < 64; i++)
		left += where[i] != 0;
	ok(left == 0, "a secret frame is wiped once it was handled");
	inbox_clear(&in);
}

int
main(void)
{
	test_pieces();
	test_every_split();
	test_refusals();
	test_wiped();
	return done_testing();
}
