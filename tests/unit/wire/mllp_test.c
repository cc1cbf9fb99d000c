#include "wire/mllp.h"

#include <stdlib.h>

#include "tap.h"

enum { STORAGE = 64, LIMIT = 64, OUT_MAX = 512 };

/* Pushes `in` in pieces of `piece` bytes; each frame found goes to `out`
 * between "[" and "]", an error as "!" and its number. */
static void
read_all(struct mllp_reader *r, struct span in, size_t piece, struct buf *out)
{
	while (in.len > 0) {
		struct span part = span_slice(in, 0, piece);

		in = span_slice(in, part.len, in.len);
		while (part.len > 0) {
			enum status st = mllp_push(r, &part);
			char mark[2] = { '!', (char)('0' + (int)st) };

			if (st == ST_MORE)
				continue;
			if (st != ST_OK) {
				(void)!buf_append(out, mark, 2);
				return;
			}
			(void)!buf_append_text(out, "[");
			(void)!buf_append_span(out, mllp_frame(r));
			(void)!buf_append_text(out, "]");
		}
	}
}

/* True where `stream` gives `frames` at every piece size and every cut. */
static bool
gives(struct span stream, const char *frames)
{
	static uint8_t storage[STORAGE], text[OUT_MAX];
	bool good = true;

	for (size_t cut = 0; cut <= stream.len; cut++) {
		struct buf out = buf_over(text, sizeof(text));
		struct mllp_reader r;

		mllp_init(&r, storage, sizeof(storage), LIMIT);
		read_all(&r, span_slice(stream, 0, cut), stream.len + 1, &out);
		read_all(&r, span_slice(stream, cut, stream.len),
		    stream.len + 1, &out);
		good = good && span_is(buf_span(&out), frames);
	}
	for (size_t piece = 1; piece <= stream.len; piece++) {
		struct buf out = buf_over(text, sizeof(text));
		struct mllp_reader r;

		mllp_init(&r, storage, sizeof(storage), LIMIT);
		read_all(&r, stream, piece, &out);
		good = good && span_is(buf_span(&out), frames);
	}
	return good;
}

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static void
test_framing_at_every_split(void)
{
	static const struct {
		const char *claim;
		struct span stream;
		const char *frames;
	} row[] = {
		{ "R1 one frame", BYTES("\vMSH|a\r\x1c\r"), "[MSH|a\r]" },
		{ "R6 the last CR missing", BYTES("\vMSH|a\x1c\r"), "[MSH|a]" },
		{ "R2 two frames in one piece",
		    BYTES("\va\x1c\r\vb\x1c\r"), "[a][b]" },
		{ "R1 FS without CR before the next frame",
		    BYTES("\va\x1c\vb\x1c\r"), "[a][b]" },
		{ "R1 text before VT is skipped",
		    BYTES("log line\n\va\x1c\r"), "[a]" },
		{ "R1 a BOM before VT", BYTES("\xef\xbb\xbf\va\x1c\r"), "[a]" },
		{ "R3 LF, CRLF and NUL between frames",
		    BYTES("\va\x1c\r\n\vb\x1c\r\r\n\vc\x1c\r\0\0\vd\x1c\r"),
		    "[a][b][c][d]" },
		{ "R4 a lone FS is data",
		    BYTES("\va\x1c" "b\x1c\x1c" "c\x1c\r"),
		    "[a\x1c" "b\x1c\x1c" "c]" },
		{ "R4 FS FS CR ends with one FS of data",
		    BYTES("\va\x1c\x1c\r"), "[a\x1c]" },
		{ "R5 a new VT drops the partial frame",
		    BYTES("\vabc\vd\x1c\r"), "[d]" },
		{ "R5 VT VT starts once", BYTES("\v\va\x1c\r"), "[a]" },
		{ "an empty frame", BYTES("\v\x1c\r"), "[]" },
		{ "an ended FS without its VT gives nothing",
		    BYTES("x\x1c\r"), "" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(gives(row[i].stream, row[i].frames), "%s", row[i].claim);
}

static void
test_counters(void)
{
	static uint8_t storage[STORAGE], text[OUT_MAX];
	struct buf out = buf_over(text, sizeof(text));
	struct mllp_reader r;

	mllp_init(&r, storage, sizeof(storage), LIMIT);
	read_all(&r, BYTES("xyz\va\x1c\r\r\n\vpart\v\vb\x1c\r"), 1, &out);
	ok(r.skipped_bytes == 3, "R1 noise is counted, blanks are not");
	ok(r.partial_frames == 1, "R5 one partial frame is counted, VT VT is none");
}

static void
test_pause_and_end(void)
{
	uint8_t storage[STORAGE];
	struct mllp_reader r;
	struct span in = BYTES("\va\x1c");

	mllp_init(&r, storage, sizeof(storage), LIMIT);
	ok(mllp_pause(&r) == ST_MORE && mllp_end_of_input(&r) == ST_MORE,
	    "no bytes at all: a clean end");
	ok(mllp_is_idle(&r), "idle before the first frame");
	ok(mllp_push(&r, &in) == ST_MORE && !mllp_is_idle(&r),
	    "FS alone waits, and is not idle");
	ok(mllp_pause(&r) == ST_OK && mllp_frame(&r).len == 1,
	    "a pause ends it (R1)");
	ok(mllp_pause(&r) == ST_MORE && mllp_is_idle(&r), "once");
	in = BYTES("\r\vb\x1c");
	ok(mllp_push(&r, &in) == ST_MORE, "its late CR is a blank");
	ok(mllp_end_of_input(&r) == ST_OK && mllp_frame(&r).ptr[0] == 'b',
	    "the end of input ends it too (R8)");
	ok(mllp_end_of_input(&r) == ST_MORE, "and then it is a clean end");
	in = BYTES("\vc");
	ok(mllp_push(&r, &in) == ST_MORE &&
	    mllp_end_of_input(&r) == ST_MALFORMED, "half a frame is lost");
	ok(mllp_pause(&r) == ST_MORE, "R1 a pause in a frame is only a pause");
}

static void
test_limit(void)
{
	static uint8_t storage[STORAGE];
	uint8_t frame[LIMIT + 3];
	struct mllp_reader r;
	struct span in = { frame, 1 + LIMIT + 1 };

	memset(frame, 'x', sizeof(frame));
	frame[0] = '\v';
	mllp_init(&r, storage, sizeof(storage), LIMIT);
	ok(mllp_push(&r, &in) == ST_TOO_BIG, "R7 one byte over the limit");
	frame[LIMIT + 1] = 0x1c;
	frame[LIMIT + 2] = '\r';
	in = (struct span){ frame, sizeof(frame) };
	mllp_init(&r, storage, sizeof(storage), LIMIT);
	ok(mllp_push(&r, &in) == ST_OK && mllp_frame(&r).len == LIMIT,
	    "a frame of exactly the limit");
	frame[LIMIT + 2] = 'x';
	in = (struct span){ frame, sizeof(frame) };
	mllp_init(&r, storage, sizeof(storage), LIMIT);
	ok(mllp_push(&r, &in) == ST_TOO_BIG, "R7 FS as data counts");
}

static void
test_noise_limit(void)
{
	static uint8_t noise[MLLP_SKIP_MAX + 1];
	uint8_t storage[STORAGE];
	struct mllp_reader r;
	struct span in = { noise, MLLP_SKIP_MAX };

	memset(noise, 'x', sizeof(noise));
	mllp_init(&r, storage, sizeof(storage), LIMIT);
	ok(mllp_push(&r, &in) == ST_MORE, "R1 64 kB of noise is skipped");
	in = BYTES("\va\x1c\r");
	ok(mllp_push(&r, &in) == ST_OK, "R1 and the frame after it is read");
	in = (struct span){ noise, sizeof(noise) };
	ok(mllp_push(&r, &in) == ST_MALFORMED, "R1 more is not");
	memset(noise, 0, sizeof(noise));
	mllp_init(&r, storage, sizeof(storage), LIMIT);
	in = (struct span){ noise, sizeof(noise) };
	ok(mllp_push(&r, &in) == ST_MALFORMED, "R1 endless NULs neither");
}

/* Starts with one byte and grows whenever asked. */
static bool
grows(struct span stream, size_t expected)
{
	struct mllp_reader r;
	uint8_t *storage = malloc(1), *larger;
	enum status st;
	bool good;

	mllp_init(&r, storage, 1, 1 << 20);
	while ((st = mllp_push(&r, &stream)) == ST_NO_SPACE) {
		larger = malloc(mllp_next_size(&r));
		mllp_move(&r, larger, mllp_next_size(&r));
		free(storage);
		storage = larger;
	}
	good = st == ST_OK && mllp_frame(&r).len == expected;
	free(storage);
	return good;
}

static void
test_growing_storage(void)
{
	static uint8_t big[100003];

	memset(big, 'x', sizeof(big));
	big[0] = '\v';
	big[sizeof(big) - 2] = 0x1c;
	big[sizeof(big) - 1] = '\r';
	ok(grows((struct span){ big, sizeof(big) }, 100000),
	    "storage grows from one byte");
	memset(big + 1, 0x1c, sizeof(big) - 2);
	ok(grows((struct span){ big, sizeof(big) }, 100000),
	    "also where every byte is FS");
}

int
main(void)
{
	test_framing_at_every_split();
	test_counters();
	test_pause_and_end();
	test_limit();
	test_noise_limit();
	test_growing_storage();
	return done_testing();
}
