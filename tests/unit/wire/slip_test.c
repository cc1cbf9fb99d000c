#include "wire/slip.h"

#include "tap.h"

static uint8_t wire[4 * SLIP_WIRE_MAX];

static struct span
written(struct span frame)
{
	static uint8_t storage[SLIP_WIRE_MAX];
	struct buf b = buf_over(storage, sizeof(storage));

	return slip_write(frame, &b) == ST_OK ? buf_span(&b)
	    : (struct span){ 0 };
}

/* How many frames, all equal to `frame`, `bytes` holds; -1: another one. */
static int
count(struct slip_reader *r, struct span bytes, struct span frame)
{
	int n = 0;

	while (slip_push(r, &bytes) == ST_OK) {
		if (!span_equal(slip_frame(r), frame))
			return -1;
		n++;
	}
	return bytes.len == 0 ? n : -1;
}

static void
test_known(void)
{
	static const uint8_t plain[] = "\xc0""123456789\xcb\xf4\x39\x26\xc0";
	static const uint8_t special[] = { 0xc0, 0xdb };
	struct span s = written(span_of("123456789"));

	ok(span_equal(s, (struct span){ plain, sizeof(plain) - 1 }),
	    "CRC-32 of the usual digits");
	s = written((struct span){ special, 2 });
	ok(s.len >= 10 && memcmp(s.ptr, "\xc0\xdb\xdc\xdb\xdd", 5) == 0,
	    "END and ESC are escaped");
}

/* Every two ways to cut the wire, and every byte alone. */
static void
test_splits(void)
{
	uint8_t bytes[64];
	struct span frame = { bytes, sizeof(bytes) }, s;
	struct slip_reader r;
	bool good = true;
	int n = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(0xb0 + i);
	s = written(frame);
	for (size_t i = 0; i <= s.len; i++)
		for (size_t j = i; j <= s.len; j++) {
			slip_init(&r);
			n = count(&r, span_slice(s, 0, i), frame);
			n += count(&r, span_slice(s, i, j - i), frame);
			n += count(&r, span_slice(s, j, s.len), frame);
			good = good && n == 1;
		}
	ok(good, "a frame in any three pieces is the frame, once");
	slip_init(&r);
	n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += count(&r, span_slice(s, i, 1), frame);
	ok(n == 1 && r.dropped == 0, "byte by byte");
}

static void
test_noise(void)
{
	static const char *const noise[] = {
		"", "[    1.234] usb 1-1: new device\r\n", "\xc0", "\xc0\xc0",
		"\xdb", "\xdb\xdb\xdb", "\xdb\xc0", "half a frame\xdb\xdc",
	};
	struct span frame = span_of("OK"), s = written(frame);
	struct slip_reader r;

	for (size_t i = 0; i < COUNT(noise); i++) {
		struct buf b = buf_over(wire, sizeof(wire));

		for (int n = 0; n < 3; n++)
			if (buf_append_text(&b, noise[i]) != ST_OK ||
			    buf_append_span(&b, s) != ST_OK)
				return;
		slip_init(&r);
		ok(count(&r, buf_span(&b), frame) == 3,
		    "three frames with noise %zu around them", i);
	}
}

/* No single bit, and no byte more or less, makes another frame. */
static void
test_damage(void)
{
	struct span frame = span_of("frame"), s = written(frame);
	struct slip_reader r;
	bool good = true;

	for (size_t bit = 0; bit < s.len * 8; bit++) {
		memcpy(wire, s.ptr, s.len);
		wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
		slip_init(&r);
		good = good && count(&r, (struct span){ wire, s.len },
		    frame) >= 0;
	}
	ok(good, "a wrong bit makes no other frame");
	for (size_t i = 1; i + 1 < s.len; i++) {
		memcpy(wire, s.ptr, i);
		memcpy(wire + i, s.ptr + i + 1, s.len - i - 1);
		slip_init(&r);
		good = good && count(&r, (struct span){ wire, s.len - 1 },
		    frame) == 0;
	}
	ok(good, "nor does a lost byte");
}

static void
test_sizes(void)
{
	static uint8_t bytes[SLIP_FRAME_MAX + 1];
	struct span most = { bytes, SLIP_FRAME_MAX };
	struct slip_reader r;
	struct buf b = buf_over(wire, SLIP_WIRE_MAX);

	memset(bytes, 0xc0, sizeof(bytes));
	slip_init(&r);
	ok(count(&r, written(most), most) == 1, "the longest frame");
	ok(slip_write(most, &b) == ST_OK && b.len <= SLIP_WIRE_MAX,
	    "all escaped, it has the room it says");
	b = buf_over(wire, 100);
	ok(slip_write(most, &b) == ST_NO_SPACE && b.len == 0,
	    "no room: nothing");
	b = buf_over(wire, sizeof(wire));
	ok(slip_write((struct span){ bytes, sizeof(bytes) }, &b) == ST_OK &&
	    count(&r, buf_span(&b), most) == 0 && r.dropped == 1,
	    "a longer one is dropped");
	ok(count(&r, written(span_of("x")), span_of("x")) == 1,
	    "and what follows is not");
}

int
main(void)
{
	test_known();
	test_splits();
	test_noise();
	test_damage();
	test_sizes();
	return done_testing();
}
