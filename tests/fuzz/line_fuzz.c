/*
 * Two lines and a cable that does what the input says: carries, loses, makes
 * up frames, lets time pass.  What arrives must be what was sent, in order,
 * as long as no frame was made up; and nobody may have more on its way than
 * a window.
 */
#include "wire/line.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct line line[2];
static uint32_t sent[2], got[2];
static bool is_forged;
static uint64_t now_ms;

static uint8_t
byte_at(int from, uint32_t position)
{
	return (uint8_t)(position * 7 + (position >> 8) + (unsigned)from);
}

static void
send(int from, size_t n)
{
	uint8_t bytes[256];

	for (size_t i = 0; i < n; i++)
		bytes[i] = byte_at(from, sent[from] + (uint32_t)i);
	sent[from] += (uint32_t)line_put(&line[from], (struct span){ bytes,
	    n });
}

static void
take(int to)
{
	struct span s = line_bytes(&line[to]);

	if (s.len > LINE_WINDOW)
		abort();
	for (size_t i = 0; i < s.len && !is_forged; i++)
		if (s.ptr[i] != byte_at(1 - to, got[to] + (uint32_t)i))
			abort();
	got[to] += (uint32_t)s.len;
	if (!is_forged && got[to] > sent[1 - to])
		abort();
	line_take(&line[to], s.len);
}

static void
pass(int from, bool is_lost)
{
	uint8_t wire[SLIP_WIRE_MAX];
	struct buf out = buf_over(wire, sizeof(wire));
	struct slip_reader r;
	struct span s;

	if (line_next(&line[from], now_ms, &out) != ST_OK || is_lost)
		return;
	slip_init(&r);
	s = buf_span(&out);
	if (slip_push(&r, &s) != ST_OK)
		abort();
	line_receive(&line[1 - from], slip_frame(&r), now_ms);
}

static size_t
forge(int to, struct span rest)
{
	size_t n = rest.len == 0 ? 0 : rest.ptr[0] % 32;

	is_forged = true;
	line_receive(&line[to], span_slice(rest, 1, n), now_ms);
	return n + 1;
}

static size_t
step(uint8_t what, struct span rest)
{
	int side = what & 1;

	switch (what >> 1 & 7) {
	case 0: case 1: case 2:
		pass(side, false);
		break;
	case 3:
		pass(side, true);
		break;
	case 4:
		send(side, rest.len == 0 ? 1 : rest.ptr[0]);
		return 1;
	case 5:
		take(side);
		break;
	case 6:
		now_ms += (what >> 4) * (what >> 4) * 10u;
		line_tick(&line[0], now_ms);
		line_tick(&line[1], now_ms);
		break;
	default:
		if (what >> 4 == 0)
			line_end(&line[side], LINE_END);
		else if (what >> 4 == 1)
			return forge(side, rest);
		else
			line_accept(&line[1]);
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };

	line_init(&line[0]);
	line_init(&line[1]);
	memset(sent, 0, sizeof(sent));
	memset(got, 0, sizeof(got));
	is_forged = false;
	now_ms = 1000;
	line_open(&line[0], 0x44000007, "desk", now_ms);
	while (in.len > 0) {
		uint8_t what = in.ptr[0];

		in = span_slice(in, 1, in.len);
		in = span_slice(in, step(what, in), in.len);
	}
	return 0;
}
