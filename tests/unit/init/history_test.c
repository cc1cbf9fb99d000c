#include "init/history.h"

#include <stdio.h>

#include "tap.h"

static uint8_t bytes[HISTORY_BYTES];

static void
test_date(void)
{
	char line[HISTORY_LINE_MAX];

	ok(strcmp(history_date(1795339860, "x", line), "2026-11-22 09:31 x")
	    == 0, "a date, UTC");
	ok(strcmp(history_date(12, "x", line), "time unknown     x") == 0,
	    "a clock that was never set says nothing");
}

static void
test_add(void)
{
	struct buf file = buf_over(bytes, sizeof(bytes));
	char last[HISTORY_LINE_MAX];

	history_last(buf_span(&file), last);
	ok(last[0] == '\0', "nothing yet");
	history_add(&file, "2026-11-22 09:31 first");
	history_add(&file, "2026-11-22 09:32 second");
	history_last(buf_span(&file), last);
	ok(strcmp(last, "2026-11-22 09:32 second") == 0, "the last line");
	history_add(&file, "2026-11-22 09:33 second");
	history_last(buf_span(&file), last);
	ok(strcmp(last, "2026-11-22 09:32 second") == 0,
	    "the same again is not written again");
	history_add(&file, "2026-11-22 09:34 first");
	history_last(buf_span(&file), last);
	ok(strcmp(last, "2026-11-22 09:34 first") == 0, "but later it is");
}

static void
test_bounds(void)
{
	struct buf file = buf_over(bytes, sizeof(bytes));
	char line[2 * HISTORY_LINE_MAX], last[HISTORY_LINE_MAX];
	unsigned lines = 0;

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (unsigned i = 0; i < 3 * HISTORY_LINES; i++) {
		snprintf(line, 32, "2026-11-22 09:31 %u", i);
		line[strlen(line)] = 'x';
		history_add(&file, line);
	}
	for (size_t i = 0; i < file.len; i++)
		lines += file.ptr[i] == '\n';
	history_last(buf_span(&file), last);
	ok(lines == HISTORY_LINES, "the last %d stay", HISTORY_LINES);
	ok(strlen(last) == HISTORY_LINE_MAX - 1 &&
	    strncmp(last, "2026-11-22 09:31 95x", 20) == 0, "each clipped");
	memset(bytes, 'y', sizeof(bytes));
	file.len = sizeof(bytes);
	history_add(&file, "2026-11-22 09:31 new");
	history_last(buf_span(&file), last);
	ok(strcmp(last, "2026-11-22 09:31 new") == 0,
	    "a file without lines makes room");
}

int
main(void)
{
	test_date();
	test_add();
	test_bounds();
	return done_testing();
}
