#include "config/lines.h"

#include <stdio.h>

#include "tap.h"

struct thing {
	char     name[8];
	char     note[16];
	uint64_t count;
	uint64_t slot;
};

static const struct line_row rows[] = {
	{ "name",  LINE_TEXT,   LINE_FIELD(thing, name),  false },
	{ "note",  LINE_TEXT,   LINE_FIELD(thing, note),  true },
	{ "count", LINE_NUMBER, LINE_FIELD(thing, count), false },
	{ "slot",  LINE_SLOT,   LINE_FIELD(thing, slot),  false },
};

static enum status
parse(const char *text, struct thing *thing, unsigned *line)
{
	*thing = (struct thing){ 0 };
	return lines_parse(span_of(text), rows, COUNT(rows), thing, line);
}

static void
test_taken(void)
{
	struct thing t;
	unsigned line;

	ok(parse("name = box\nnote = two words\ncount = 7\nslot = b\n", &t,
	    &line) == ST_OK && line == 0 && strcmp(t.name, "box") == 0 &&
	    strcmp(t.note, "two words") == 0 && t.count == 7 && t.slot == 1,
	    "a line for each row");
	ok(parse("slot = a\ncount = 0\nnote = a = b\nname = x\n", &t, &line) ==
	    ST_OK && t.slot == 0 && strcmp(t.note, "a = b") == 0,
	    "in any order; the first equals sign counts");
	ok(parse("name = x\nnote =\ncount = 1\nslot = a\n", &t, &line) ==
	    ST_OK && t.note[0] == '\0', "an empty value without its space");
	ok(parse("name = x\nnote = \ncount = 1\nslot = a\n", &t, &line) ==
	    ST_OK && t.note[0] == '\0', "and with it");
	ok(parse("name =  x \nnote =  \ncount = 1\nslot = a\n", &t, &line) ==
	    ST_OK && strcmp(t.name, " x ") == 0 && strcmp(t.note, " ") == 0,
	    "more spaces are the value's");
	ok(parse("name = x\nnote =\ncount = 999999999999999999\nslot = a\n",
	    &t, &line) == ST_OK && t.count == UINT64_C(999999999999999999),
	    "a number of 18 digits");
}

/* The second line of four, in which everything else is right. */
static void
expect(const char *second, unsigned wanted, const char *claim)
{
	char text[128];
	struct thing t;
	unsigned line;

	snprintf(text, sizeof(text), "name = x\n%scount = 1\nslot = a\n",
	    second);
	ok(parse(text, &t, &line) == ST_INVALID && line == wanted,
	    "%s: line %u", claim, wanted);
}

static void
test_refused(void)
{
	expect("", 0, "a row without a line");
	expect("\nnote = y\n", 2, "an empty line");
	expect("# text\nnote = y\n", 2, "a comment");
	expect("note = y\nname = x\n", 3, "a key twice");
	expect("note = y\nmore = x\n", 3, "an unknown key");
	expect("note\n", 2, "no value");
	expect(" =\n", 2, "no key");
	expect("note=y\n", 2, "no spaces");
	expect("note= y\n", 2, "no space before");
	expect("note =y\n", 2, "no space behind");
	expect(" note = y\n", 2, "a space before the key");
	expect("note  = y\n", 2, "two spaces behind it");
	expect("note\t=\ty\n", 2, "tabs");
	expect("note = y\r\n", 2, "a carriage return");
	expect("note = a2345678901234567\n", 2, "what does not fit");
	expect("note = \x7f\n", 2, "what cannot be printed");
	expect("note = caf\xc3\xa9\n", 2, "what is not ASCII");
}

/* Every text that is cut anywhere, its last line feed included. */
static void
test_torn(void)
{
	static const char whole[] = "name = x\nnote = y\ncount = 1\nslot = a\n";
	unsigned line;

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		struct thing t = { 0 };

		ok(lines_parse((struct span){ (const uint8_t *)whole, len },
		    rows, COUNT(rows), &t, &line) == ST_INVALID && line == 0,
		    "%zu of its bytes", len);
	}
}

static void
test_values(void)
{
	static const char *const bad[] = { "count = ", "count =", "count = -1",
	    "count = 1x", "count =  1", "count = 1 ",
	    "count = 1234567890123456789", "slot = ", "slot =", "slot = c",
	    "slot = ab", "slot = A", "slot =  a", "slot = a ", "name = ",
	    "name =", "name = 12345678" };
	char text[128];
	struct thing t;
	unsigned line;

	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(text, sizeof(text), "%s\n", bad[i]);
		ok(parse(text, &t, &line) == ST_INVALID && line == 1,
		    "'%s'", bad[i]);
	}
}

static void
test_printed(void)
{
	struct thing t = { .name = "x", .note = "tab\t\xff", .count = 18,
	    .slot = 1 };
	static const char wanted[] =
	    "name = x\nnote = tab??\ncount = 18\nslot = b\n";
	uint8_t bytes[sizeof(wanted)];
	struct buf out;

	for (size_t max = 0; max < sizeof(wanted) - 1; max++) {
		out = buf_over(bytes, max);
		ok(lines_print(rows, COUNT(rows), &t, &out) == ST_NO_SPACE,
		    "%zu bytes are no room", max);
	}
	out = buf_over(bytes, sizeof(wanted) - 1);
	ok(lines_print(rows, COUNT(rows), &t, &out) == ST_OK &&
	    span_is(buf_span(&out), wanted), "printed");
}

int
main(void)
{
	test_taken();
	test_refused();
	test_torn();
	test_values();
	test_printed();
	return done_testing();
}
