#include "base/span.h"

#include "base/wipe.h"
#include "tap.h"

static void
test_slices_are_clipped(void)
{
	struct span s = span_of("abcdef");

	ok(span_is(span_slice(s, 1, 2), "bc"), "a slice inside");
	ok(span_is(span_slice(s, 4, 9), "ef"), "clipped at the end");
	ok(span_slice(s, 9, 9).len == 0, "begins after the end");
	ok(span_is(span_slice(s, 2, SIZE_MAX), "cdef"), "no overflow");
	ok(span_slice((struct span){ NULL, 0 }, 0, 5).len == 0, "of nothing");
}

static void
test_equality(void)
{
	ok(span_is(span_of("ab"), "ab"), "the same bytes");
	ok(!span_is(span_of("ab"), "ac"), "other bytes");
	ok(!span_is(span_of("ab"), "abc"), "a longer text");
	ok(span_equal((struct span){ NULL, 0 }, span_of("")),
	    "nothing is nothing");
}

static void
test_buffers_never_grow(void)
{
	char store[4];
	struct buf b = buf_over(store, sizeof(store));

	ok(buf_append_text(&b, "abc") == ST_OK, "fits");
	ok(buf_append_text(&b, "de") == ST_NO_SPACE && b.len == 3,
	    "does not fit: untouched");
	ok(buf_append_span(&b, span_of("d")) == ST_OK &&
	    span_is(buf_span(&b), "abcd"), "exactly full");
	ok(buf_append(&b, NULL, 0) == ST_OK, "nothing always fits");
}

static void
test_status_texts(void)
{
	bool all = true;

	for (int st = 0; st < ST_COUNT; st++)
		all &= strlen(status_text((enum status)st)) > 0;
	ok(all, "each status has a text");
	ok(strcmp(status_text((enum status)ST_COUNT), "unknown status") == 0,
	    "a number from elsewhere has one too");
	ok(strcmp(status_text(ST_OK), "ok") == 0, "ok is ok");
}

static void
test_wipe(void)
{
	char secret[] = "secret";

	wipe(secret, sizeof(secret));
	wipe(NULL, 0);
	ok(memcmp(secret, "\0\0\0\0\0\0", sizeof(secret)) == 0, "wiped");
}

int
main(void)
{
	test_slices_are_clipped();
	test_equality();
	test_buffers_never_grow();
	test_status_texts();
	test_wipe();
	return done_testing();
}
