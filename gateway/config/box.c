#include "config/box.h"

#include "config/lines.h"

static const struct line_row rows[] = {
	{ "board",   LINE_TEXT,   LINE_FIELD(box, board),   false },
	{ "version", LINE_TEXT,   LINE_FIELD(box, version), false },
	{ "release", LINE_NUMBER, LINE_FIELD(box, release), false },
	{ "floor",   LINE_NUMBER, LINE_FIELD(box, floor),   false },
	{ "slot",    LINE_SLOT,   LINE_FIELD(box, slot),    false },
	{ "reset",   LINE_TEXT,   LINE_FIELD(box, reset),   false },
	{ "change",  LINE_TEXT,   LINE_FIELD(box, change),  true },
	{ "data",    LINE_TEXT,   LINE_FIELD(box, data),    false },
	{ "network", LINE_TEXT,   LINE_FIELD(box, network), true },
	{ "lab",     LINE_TEXT,   LINE_FIELD(box, lab),     false },
	{ "wan",     LINE_TEXT,   LINE_FIELD(box, wan),     false },
	{ "boot",    LINE_TEXT,   LINE_FIELD(box, boot),    false },
	{ "root",    LINE_TEXT,   LINE_FIELD(box, root),    false },
	{ "control", LINE_TEXT,   LINE_FIELD(box, control), false },
	{ "keys",    LINE_TEXT,   LINE_FIELD(box, keys),    false },
	{ "service", LINE_TEXT,   LINE_FIELD(box, service), true },
};

/* See box.h. */
enum status
box_parse(struct span text, struct box *box, unsigned *line)
{
	*box = (struct box){ 0 };
	return lines_parse(text, rows, COUNT(rows), box, line);
}

/* See box.h. */
enum status
box_print(const struct box *box, struct buf *out)
{
	return lines_print(rows, COUNT(rows), box, out);
}
