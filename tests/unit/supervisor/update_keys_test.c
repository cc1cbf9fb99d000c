#include "supervisor/update_keys.h"

#include "tap.h"

enum { LINE = 2 * UPDATE_KEY_BYTES + 1 };

static char text[UPDATE_KEYS_TEXT_MAX + LINE];

/* `n` lines, each a point of its own. */
static struct span
lines(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *line = text + i * LINE;

		memset(line, 'a' + (int)i, LINE - 1);
		memcpy(line, "04", 2);
		line[LINE - 1] = '\n';
	}
	return (struct span){ (const uint8_t *)text, n * LINE };
}

static void
test_taken(void)
{
	struct update_keys keys;

	for (size_t n = 1; n <= UPDATE_KEYS_MAX; n++)
		ok(update_keys_parse(lines(n), &keys) == ST_OK && keys.len ==
		    n * UPDATE_KEY_BYTES, "%zu keys", n);
	ok(keys.bytes[0] == 4 && keys.bytes[1] == 0xaa &&
	    keys.bytes[UPDATE_KEY_BYTES] == 4 &&
	    keys.bytes[UPDATE_KEY_BYTES + 1] == 0xbb, "one after the other");
}

static void
expect_refused(struct span all, const char *claim)
{
	struct update_keys keys;

	ok(update_keys_parse(all, &keys) == ST_INVALID && keys.len == 0,
	    "%s", claim);
}

static void
test_refused(void)
{
	struct span one;

	expect_refused((struct span){ 0 }, "no key");
	expect_refused(lines(UPDATE_KEYS_MAX + 1), "five");
	one = lines(1);
	expect_refused(span_slice(one, 0, LINE - 1), "no end of the line");
	expect_refused(span_slice(one, 0, LINE / 2), "half a key");
	text[LINE - 1] = 'a';
	expect_refused(one, "a digit too many");
	one = lines(1);
	text[1] = '2';
	expect_refused(one, "a compressed point");
	one = lines(1);
	text[40] = 'g';
	expect_refused(one, "not hexadecimal");
	one = lines(2);
	text[LINE - 1] = ' ';
	expect_refused(one, "two on a line");
}

int
main(void)
{
	test_taken();
	test_refused();
	return done_testing();
}
