/* box_fuzz -- any bytes as what init tells guichetd: texts are printable and
 * within their bounds, and what is taken comes back as it was. */
#include <stdlib.h>

#include "config/box.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

#define MUST_BE_TEXT(box, field) check_text((box)->field, sizeof((box)->field))

static void
check_text(const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	must(len < max);
	for (size_t i = 0; i < len; i++)
		must(text[i] >= ' ' && text[i] <= '~');
}

static void
check(const struct box *box)
{
	MUST_BE_TEXT(box, board);
	MUST_BE_TEXT(box, version);
	MUST_BE_TEXT(box, reset);
	MUST_BE_TEXT(box, change);
	MUST_BE_TEXT(box, data);
	MUST_BE_TEXT(box, network);
	MUST_BE_TEXT(box, lab);
	MUST_BE_TEXT(box, wan);
	MUST_BE_TEXT(box, boot);
	MUST_BE_TEXT(box, root);
	MUST_BE_TEXT(box, control);
	MUST_BE_TEXT(box, keys);
	MUST_BE_TEXT(box, service);
	must(box->board[0] != '\0' && box->lab[0] != '\0' &&
	    box->keys[0] != '\0' && box->slot <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t bytes[BOX_TEXT_MAX];
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct box box, again;
	unsigned line, lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	if (box_parse((struct span){ data, len }, &box, &line) != ST_OK) {
		must(line <= lines);
		return 0;
	}
	check(&box);
	must(box_print(&box, &out) == ST_OK);
	must(box_parse(buf_span(&out), &again, &line) == ST_OK && line == 0);
	must(memcmp(&box, &again, sizeof(box)) == 0);
	return 0;
}
