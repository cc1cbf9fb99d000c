#include "wire/http_body.h"

#include <stdlib.h>

#include "tap.h"

enum { ROOM = 64 };

struct taken {
	enum status st;
	size_t left;		/* bytes not consumed */
	struct buf out;
	uint8_t bytes[ROOM];
};

/* Pushes `in` in pieces of `step` bytes. */
static void
take(struct taken *t, const struct http_request *r, struct span in, size_t step)
{
	struct http_body b;
	size_t at = 0;

	t->out = buf_over(t->bytes, ROOM);
	http_body_start(&b, r);
	do {
		struct span piece = span_slice(in, at, step);
		size_t len = piece.len;

		t->st = http_body_push(&b, &piece, &t->out);
		at += len - piece.len;
		if (t->st == ST_MORE && piece.len > 0)
			abort();
	} while (t->st == ST_MORE && at < in.len);
	t->left = in.len - at;
}

static const struct {
	const char *claim, *in, *body;
	enum status st;
	size_t left;
} chunked[] = {
	{ "two chunks", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nNEXT", "abcde",
	    ST_OK, 4 },
	{ "capitals and zeros", "0003\r\nabc\r\n00000A\r\n0123456789\r\n0\r\n"
	    "\r\n", "abc0123456789", ST_OK, 0 },
	{ "extensions", "3;a=b;c=\"d\"\r\nabc\r\n0;x\r\n\r\n", "abc", ST_OK,
	    0 },
	{ "trailers", "1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\nX", "a", ST_OK, 1 },
	{ "nothing", "0\r\n\r\n", "", ST_OK, 0 },
	{ "half of it", "3\r\nab", "ab", ST_MORE, 0 },
	{ "no size", "\r\nabc", "", ST_MALFORMED, 0 },
	{ "a size that is none", "g\r\n", "", ST_MALFORMED, 0 },
	{ "a sign", "+3\r\nabc", "", ST_MALFORMED, 0 },
	{ "a bare LF", "3\nabc", "", ST_MALFORMED, 0 },
	{ "a CR without LF", "3\rabc", "", ST_MALFORMED, 0 },
	{ "a chunk longer than it says", "3\r\nabcd\r\n", "abc", ST_MALFORMED,
	    0 },
	{ "a control character", "3;\x01\r\nabc", "", ST_MALFORMED, 0 },
	{ "a size over 32 bits", "100000000\r\n", "", ST_TOO_BIG, 0 },
	{ "more than there is room", "41\r\n0123456789012345678901234567890123"
	    "456789012345678901234567890123456789\r\n", "", ST_TOO_BIG, 0 },
};

static void
test_chunked(void)
{
	struct http_request r = { .chunked = true };
	struct taken t;

	for (size_t i = 0; i < COUNT(chunked); i++) {
		bool good = true;

		for (size_t step = 1; step < 90; step++) {
			take(&t, &r, span_of(chunked[i].in), step);
			good = good && t.st == chunked[i].st &&
			    (t.st == ST_TOO_BIG || span_is(buf_span(&t.out),
			    chunked[i].body)) &&
			    (t.st != ST_OK || t.left == chunked[i].left);
		}
		ok(good, "R39 chunks, cut anywhere: %s", chunked[i].claim);
	}
}

static void
test_length(void)
{
	struct http_request r = { .content_length = 5 };
	struct taken t;
	bool good = true;

	for (size_t step = 1; step < 10; step++) {
		take(&t, &r, span_of("abcdeNEXT"), step);
		good = good && t.st == ST_OK && t.left == 4 &&
		    span_is(buf_span(&t.out), "abcde");
	}
	ok(good, "R39 so many bytes, cut anywhere");
	r.content_length = 0;
	take(&t, &r, span_of("NEXT"), 4);
	ok(t.st == ST_OK && t.left == 4, "no body");
	r.content_length = ROOM + 1;
	take(&t, &r, (struct span){ (const uint8_t[ROOM + 1]){ 0 }, ROOM + 1 },
	    ROOM + 1);
	ok(t.st == ST_TOO_BIG, "R40 more than there is room");
}

static void
test_endless(void)
{
	struct http_request r = { .chunked = true };
	struct http_body b;
	uint8_t room[8];
	struct buf out = buf_over(room, sizeof(room));
	struct span in;
	enum status st = ST_MORE;
	size_t n = 0;

	http_body_start(&b, &r);
	in = span_of("1;");
	st = http_body_push(&b, &in, &out);
	for (; st == ST_MORE && n < 10000; n++) {
		in = span_of("x");
		st = http_body_push(&b, &in, &out);
	}
	ok(st == ST_TOO_BIG && n <= HTTP_CHUNK_LINE_MAX + 1,
	    "R40 an extension without end");
	http_body_start(&b, &r);
	in = span_of("0\r\n");
	st = http_body_push(&b, &in, &out);
	for (n = 0; st == ST_MORE && n < 10000; n++) {
		in = span_of("a:b\r\n");
		st = http_body_push(&b, &in, &out);
	}
	ok(st == ST_TOO_BIG && n <= HTTP_TRAILERS_MAX,
	    "R40 trailers without end");
}

int
main(void)
{
	test_chunked();
	test_length();
	test_endless();
	return done_testing();
}
