#include "init/facts.h"

#include <stdio.h>

#include "tap.h"

static const char good_release[] =
    "version = 1.4.0\nrelease = 14\nfloor = 12\nbuilt = 1767225600\n";
static const char good_board[] =
    "board = qemu-virt\nlab = a000400.virtio_mmio\n"
    "wan = a000600.virtio_mmio\nservice =\nwatchdog = /dev/watchdog0\n";

static void
test_release(void)
{
	static const char *const bad[] = { "", "version = 1.4.0\n",
	    "version = 1\nrelease = 1\nfloor = 2\nbuilt = 1\n",
	    "version = 1\nrelease = 0\nfloor = 0\nbuilt = 1\n",
	    "version = 1\nrelease = -1\nfloor = 1\nbuilt = 1\n",
	    "version = 1\nrelease = 1\nrelease = 1\nfloor = 1\nbuilt = 1\n",
	    "version = 1\nrelease = 1\nfloor = 1\nbuilt = 1\nmore = 1\n",
	    "version =\nrelease = 1\nfloor = 1\nbuilt = 1\n",
	    "version = \x7f\nrelease = 1\nfloor = 1\nbuilt = 1\n",
	    "version = 12345678901234567890123456789012\nrelease = 1\n"
	    "floor = 1\nbuilt = 1\n",
	    "version = 1\nrelease = 1234567890123456789\nfloor = 1\n"
	    "built = 1\n", "version = 1\nrelease\nfloor = 1\nbuilt = 1\n" };
	struct release_facts r;
	unsigned line;

	ok(facts_release(span_of(good_release), &r, &line) == ST_OK &&
	    strcmp(r.version, "1.4.0") == 0 && r.number == 14 &&
	    r.floor == 12 && r.built_s == 1767225600, "a release");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(facts_release(span_of(bad[i]), &r, &line) == ST_INVALID,
		    "not a release: %zu", i);
	ok(facts_release(span_of(bad[5]), &r, &line) == ST_INVALID &&
	    line == 3, "the line is named");
}

static void
test_board(void)
{
	struct board b;
	unsigned line;

	ok(facts_board(span_of(good_board), &b, &line) == ST_OK &&
	    strcmp(b.name, "qemu-virt") == 0 &&
	    strcmp(b.wan, "a000600.virtio_mmio") == 0 && b.service[0] == '\0',
	    "a board, with nothing at its service port");
	ok(facts_board(span_of("board = x\nlab =\nwan = y\nservice =\n"
	    "watchdog =\n"), &b, &line) == ST_INVALID && line == 2,
	    "a board has a lab port");
}

/* The boards of this tree. */
static void
test_our_boards(void)
{
	static const char *const files[] = { "board/qemu-virt/facts",
	    "board/nanopi-r2s/facts" };
	char text[FACT_FILE_MAX];

	for (size_t i = 0; i < COUNT(files); i++) {
		FILE *file = fopen(files[i], "r");
		size_t n = file == NULL ? 0 : fread(text, 1, sizeof(text),
		    file);
		struct board b;
		unsigned line;

		if (file != NULL)
			fclose(file);
		if (n == 0)
			skip(files[i], "not there");
		else
			ok(facts_board((struct span){ (uint8_t *)text, n }, &b,
			    &line) == ST_OK, "%s", files[i]);
	}
}

static void
test_records(void)
{
	struct record r = { .slot = 1, .floor = 3, .release = { 3, 4 },
	    .version = { "", "1.4.0" } }, r2;
	struct trial t = { .slot = 1, .times = 2, .version = "1.4.0" }, t2;
	uint8_t bytes[1024];
	struct buf text = buf_over(bytes, sizeof(bytes));

	ok(facts_print_record(&r, &text) == ST_OK &&
	    facts_record(buf_span(&text), &r2) == ST_OK &&
	    memcmp(&r, &r2, sizeof(r)) == 0, "a record comes back");
	for (size_t len = 0; len + 1 < text.len; len++)
		if (facts_record(span_slice(buf_span(&text), 0, len), &r2) ==
		    ST_OK)
			ok(0, "half a record was taken");
	text.len = 0;
	ok(facts_print_trial(&t, &text) == ST_OK &&
	    facts_trial(buf_span(&text), &t2) == ST_OK &&
	    memcmp(&t, &t2, sizeof(t)) == 0, "a trial comes back");
	t.slot = 2;
	text.len = 0;
	ok(facts_print_trial(&t, &text) == ST_OK &&
	    facts_trial(buf_span(&text), &t2) == ST_INVALID, "of two slots");
	text = buf_over(bytes, 10);
	ok(facts_print_trial(&t, &text) == ST_NO_SPACE, "no room");
}

static void
test_slot(void)
{
	static const char *const bad[] = { "", "guichet.slot=", "guichet.slot=c",
	    "guichet.slot=ab", "x.guichet.slot=a", "guichet.slot=a guichet.slot=b",
	    "guichet.slot=a guichet.slot=a", "guichet.slot" };
	unsigned slot = 9;

	ok(facts_slot(span_of("ro guichet.slot=b quiet\n"), &slot) == ST_OK &&
	    slot == 1, "slot b");
	ok(facts_slot(span_of("guichet.slot=a"), &slot) == ST_OK && slot == 0,
	    "slot a, alone");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(facts_slot(span_of(bad[i]), &slot) == ST_INVALID,
		    "no slot: '%s'", bad[i]);
}

int
main(void)
{
	test_release();
	test_board();
	test_our_boards();
	test_records();
	test_slot();
	return done_testing();
}
