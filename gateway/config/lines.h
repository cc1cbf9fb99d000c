/*
 * lines.h -- small files of lines `key = value` that programs read: what the
 * image says about itself and its board, what init keeps on the data partition,
 * what it tells guichetd.  Pure.
 *
 * A table says which keys there are.  A text is one line for each row, in any
 * order, and nothing else: no comment, no empty line.  The key begins its
 * line; one space stands on either side of `=`; the value is all that follows,
 * further spaces, too, up to the line feed that every line ends with, the last
 * one as well (without it the text is a torn one).  Where the value is empty
 * the second space may be missing.
 */
#ifndef CONFIG_LINES_H
#define CONFIG_LINES_H

#include <stdbool.h>

#include "base/span.h"

enum line_kind {
	LINE_TEXT,	/* char[size], printable ASCII, ends with NUL */
	LINE_NUMBER,	/* uint64_t, 1 to 18 digits */
	LINE_SLOT	/* uint64_t, 0 as `a`, 1 as `b` */
};

struct line_row {
	const char    *key;		/* without ` =` */
	enum line_kind kind;
	size_t         at, size;	/* of the field in the struct, bytes */
	bool           may_be_empty;	/* a text */
};

#define LINE_FIELD(type, field) \
	offsetof(struct type, field), sizeof(((struct type *)0)->field)

enum { LINE_ROWS_MAX = 32 };

/*
 * Fills the fields of `out`, which is all zeroes.  At most LINE_ROWS_MAX rows.
 *   ST_OK
 *   ST_INVALID  a key that is unknown, there twice or missing, or a value
 *               that its row does not take; *line from 1, 0: one is missing,
 *               or the last line's end.  `out` is filled in part.
 */
MUST_CHECK enum status
lines_parse(struct span text, const struct line_row *rows, size_t n_rows,
    void *out, unsigned *line);

/* What lines_parse() takes, a line for each row; what is not printable in a
 * text becomes '?'.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
lines_print(const struct line_row *rows, size_t n_rows, const void *in,
    struct buf *out);

#endif
