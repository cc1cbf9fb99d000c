/* Two lines and a cable between them that loses what a test wants lost. */
#include "wire/line.h"

#include <stdlib.h>

#include "tap.h"

enum { A, B };

static struct {
	struct line line[2];
	struct slip_reader slip[2];
	uint64_t now_ms;
	unsigned lose_of_100;		/* frames */
	unsigned seed, frames;
} cable;

static unsigned
dice(void)
{
	cable.seed = cable.seed * 1103515245 + 12345;
	return cable.seed >> 16;
}

static void
reset(unsigned lose_of_100)
{
	cable.now_ms = 1000;
	cable.lose_of_100 = lose_of_100;
	cable.seed = 1 + lose_of_100;
	cable.frames = 0;
	for (int i = A; i <= B; i++) {
		line_init(&cable.line[i]);
		slip_init(&cable.slip[i]);
	}
}

/* All that `from` has to say, now; true: there was something. */
static bool
pass(int from)
{
	uint8_t wire[SLIP_WIRE_MAX];
	struct buf out = buf_over(wire, sizeof(wire));
	bool any = false;

	while (line_next(&cable.line[from], cable.now_ms, &out) == ST_OK) {
		struct span s = buf_span(&out);
		struct slip_reader *r = &cable.slip[1 - from];

		any = true;
		cable.frames++;
		if (dice() % 100 >= cable.lose_of_100)
			while (slip_push(r, &s) == ST_OK)
				line_receive(&cable.line[1 - from],
				    slip_frame(r), cable.now_ms);
		out.len = 0;
	}
	return any;
}

static void
run(unsigned ms)
{
	for (uint64_t end = cable.now_ms + ms; cable.now_ms < end;
	    cable.now_ms += 10) {
		bool any = true;

		for (int n = 0; any && n < 1000; n++) {
			if (cable.line[B].state == LINE_ASKED)
				line_accept(&cable.line[B]);
			any = pass(A);
			any |= pass(B);
		}
		line_tick(&cable.line[A], cable.now_ms);
		line_tick(&cable.line[B], cable.now_ms);
	}
}

static void
test_opens(void)
{
	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	(void)pass(A);
	ok(cable.line[B].state == LINE_ASKED &&
	    strcmp(cable.line[B].name, "desk") == 0, "asked for a service");
	line_accept(&cable.line[B]);
	run(10);
	ok(cable.line[A].state == LINE_OPEN && cable.line[B].state ==
	    LINE_OPEN, "open");
}

static void
test_refused(void)
{
	static const enum line_reason why[] = { LINE_UNKNOWN, LINE_AWAY };

	for (size_t i = 0; i < COUNT(why); i++) {
		reset(0);
		line_open(&cable.line[A], 7, "x", cable.now_ms);
		(void)pass(A);
		line_end(&cable.line[B], why[i]);
		(void)pass(B);
		ok(cable.line[A].state == LINE_CLOSED && cable.line[A].why ==
		    why[i] && cable.line[B].state == LINE_CLOSED,
		    "refused: %c", why[i]);
	}
}

static void
test_nobody(void)
{
	reset(100);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(LINE_OPEN_MS - 20);
	ok(cable.line[A].state == LINE_OPENING && cable.frames >= 14,
	    "asks again and again");
	run(100);
	ok(cable.line[A].state == LINE_CLOSED && cable.line[A].why ==
	    LINE_SILENT, "and gives up");
}

/* `bytes` from A to B, and an echo of them back, in `seconds`. */
static bool
carries(size_t bytes, unsigned seconds)
{
	size_t put = 0, got = 0, back = 0;
	uint64_t end = cable.now_ms + seconds * 1000;

	while (back < bytes && cable.now_ms < end) {
		uint8_t piece[700];
		size_t n = bytes - put < sizeof(piece) ? bytes - put
		    : sizeof(piece);
		struct span s;

		for (size_t i = 0; i < n; i++)
			piece[i] = (uint8_t)((put + i) * 31 >> 3);
		put += line_put(&cable.line[A], (struct span){ piece, n });
		s = line_bytes(&cable.line[B]);
		for (size_t i = 0; i < s.len; i++)
			if (s.ptr[i] != (uint8_t)((got + i) * 31 >> 3))
				return false;
		n = line_put(&cable.line[B], s);
		line_take(&cable.line[B], n);
		got += n;
		s = line_bytes(&cable.line[A]);
		for (size_t i = 0; i < s.len; i++)
			if (s.ptr[i] != (uint8_t)((back + i) * 31 >> 3))
				return false;
		line_take(&cable.line[A], s.len);
		back += s.len;
		run(10);
	}
	return back == bytes;
}

static void
test_carries(void)
{
	static const unsigned lost[] = { 0, 1, 10, 30 };
	static const unsigned most_ms[] = { 4000, 4000, 6000, 60000 };

	for (size_t i = 0; i < COUNT(lost); i++) {
		reset(lost[i]);
		line_open(&cable.line[A], 7, "desk", cable.now_ms);
		run(8000);
		bool good = carries(200000, 900) &&
		    cable.now_ms - 9000 < most_ms[i];

		ok(good, "200 kB there and back, %u of 100 frames lost, in "
		    "%llu ms", lost[i], (unsigned long long)cable.now_ms - 9000);
		line_end(&cable.line[A], LINE_END);
		for (int n = 0; n < 100; n++) {
			if (line_is_drained(&cable.line[B]))
				line_end(&cable.line[B], LINE_END);
			run(100);
		}
		ok(cable.line[A].state == LINE_CLOSED &&
		    cable.line[B].state == LINE_CLOSED &&
		    cable.line[A].why == LINE_END, "and a good end");
	}
}

static void
test_slow_reader(void)
{
	static uint8_t bytes[2 * LINE_WINDOW];
	struct span all = { bytes, sizeof(bytes) };
	unsigned before;

	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	ok(line_put(&cable.line[A], all) == LINE_WINDOW, "a window has room");
	run(20);
	ok(line_put(&cable.line[A], all) == LINE_WINDOW, "and another there");
	run(1000);
	before = cable.frames;
	run(20000);
	ok(cable.frames - before < 40 && cable.line[A].state == LINE_OPEN,
	    "who is not read stands still, alive: %u frames in 20 s",
	    cable.frames - before);
	ok(line_room(&cable.line[A]) == 0, "and takes no more");
	line_take(&cable.line[B], line_bytes(&cable.line[B]).len);
	run(20);
	ok(line_bytes(&cable.line[B]).len == LINE_WINDOW &&
	    line_room(&cable.line[A]) == LINE_WINDOW, "until it is read");
}

static void
test_new_session(void)
{
	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	(void)line_put(&cable.line[A], span_of("old"));
	(void)pass(A);
	line_open(&cable.line[A], 8, "update", cable.now_ms);
	(void)pass(A);
	ok(cable.line[B].state == LINE_ASKED && cable.line[B].session == 8 &&
	    line_bytes(&cable.line[B]).len == 0 &&
	    strcmp(cable.line[B].name, "update") == 0,
	    "a new session ends the old one");
	run(20);
	ok(carries(5000, 60), "and carries");
}

static void
test_strangers(void)
{
	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	line_init(&cable.line[B]);	/* it was started anew */
	(void)line_put(&cable.line[A], span_of("hello"));
	run(20);
	ok(cable.line[A].state == LINE_CLOSED && cable.line[A].why ==
	    LINE_STRANGE, "who knows no session says so");
	ok(cable.line[B].state == LINE_CLOSED && !pass(B), "once");
}

static void
test_silence(void)
{
	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	run(60000);
	ok(cable.line[A].state == LINE_OPEN && cable.line[B].state ==
	    LINE_OPEN, "a minute without a word is no silence");
	cable.lose_of_100 = 100;
	run(LINE_SILENT_MS + 2100);
	ok(cable.line[A].state == LINE_CLOSED && cable.line[B].state ==
	    LINE_CLOSED && cable.line[A].why == LINE_SILENT,
	    "a cut cable is");
}

/* What the last frame from `from` was; 0: none. */
static uint8_t
says(int from)
{
	uint8_t wire[SLIP_WIRE_MAX];
	struct buf out = buf_over(wire, sizeof(wire));

	return line_next(&cable.line[from], cable.now_ms, &out) == ST_OK
	    ? wire[1] : 0;
}

static void
test_limits(void)
{
	static const uint8_t none[] = "K\0\0\0\7\0\0\0\0\0\0\0";
	static const uint8_t five[] = "K\0\0\0\7\0\0\0\0\0\0\0\5";

	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	line_receive(&cable.line[A], (struct span){ none, sizeof(none) },
	    cable.now_ms);
	(void)line_put(&cable.line[A], span_of("0123456789"));
	ok(says(A) == 0, "who has no room is sent nothing");
	line_receive(&cable.line[A], (struct span){ five, 13 },
	    cable.now_ms);
	ok(says(A) == 'D' && says(A) == 0, "and as much as there is room");
	line_receive(&cable.line[A], (struct span){ none, sizeof(none) },
	    cable.now_ms);
	ok(says(A) == 0, "room that was taken back is none");
}

/* The last bytes are lost, the goodbye is not. */
static void
test_end_waits(void)
{
	static const uint8_t end[] = "C\0\0\0\7\0\0\0\5e";

	reset(0);
	line_open(&cable.line[A], 7, "desk", cable.now_ms);
	run(10);
	line_receive(&cable.line[B], (struct span){ end, 10 }, cable.now_ms);
	ok(!line_is_drained(&cable.line[B]) && says(B) == 'R',
	    "a goodbye before what it ends asks for that");
	(void)line_put(&cable.line[A], span_of("12345"));
	(void)pass(A);
	line_receive(&cable.line[B], (struct span){ end, 10 }, cable.now_ms);
	ok(!line_is_drained(&cable.line[B]), "what came is to be read");
	line_take(&cable.line[B], 5);
	ok(line_is_drained(&cable.line[B]), "then it is over");
}

/* Frames that nobody of ours would send. */
static void
test_nonsense(void)
{
	static const struct { const char *what, *bytes; size_t len; } rows[] = {
		{ "too short", "D\0\0\0\7", 5 },
		{ "data from the future", "D\0\0\0\7\0\0\x70\0xyz", 12 },
		{ "data of the past", "D\0\0\0\7\xff\xff\xff\xf0xyz", 12 },
		{ "an acknowledgement of what was not sent",
		    "K\0\0\0\7\0\0\0\x40\0\0\x40\0", 13 },
		{ "room beyond the window", "K\0\0\0\7\0\0\0\0\x7f\0\0\0", 13 },
		{ "an empty one", "D\0\0\0\7\0\0\0\0", 9 },
		{ "no session", "O\0\0\0\0\0\0\0\0desk", 13 },
		{ "no name", "O\0\0\0\x09\0\0\0\0", 9 },
		{ "a long name", "O\0\0\0\x09\0\0\0\0seventeen letters", 26 },
		{ "another letter", "Z\0\0\0\7\0\0\0\0", 9 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		reset(0);
		line_open(&cable.line[A], 7, "desk", cable.now_ms);
		run(10);
		line_receive(&cable.line[B], (struct span){
		    (const uint8_t *)rows[i].bytes, rows[i].len },
		    cable.now_ms);
		ok(cable.line[B].state == LINE_OPEN &&
		    line_bytes(&cable.line[B]).len == 0 &&
		    line_room(&cable.line[B]) == LINE_WINDOW &&
		    carries(40000, 60), "nothing happens: %s", rows[i].what);
	}
}

int
main(void)
{
	test_opens();
	test_refused();
	test_nobody();
	test_carries();
	test_slow_reader();
	test_new_session();
	test_strangers();
	test_silence();
	test_limits();
	test_end_waits();
	test_nonsense();
	return done_testing();
}
