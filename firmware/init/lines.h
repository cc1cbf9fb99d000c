/*
 * lines.h -- small files of lines `key = value`: what the image says about
 * itself and its board, and what init keeps on the data partition.  Pure.
 *
 * A table says which keys there are; `#` begins a comment line.
 */
#ifndef INIT_LINES_H
#define INIT_LINES_H

#include <stdbool.h>

#include "base/span.h"

enum line_kind {
	LINE_TEXT,	/* char[size], printable ASCII, ends with NUL */
	LINE_NUMBER	/* uint64_t, at most 18 digits */
};

struct line_row {
	const char    *key;
	enum line_kind kind;
	size_t         at, size;	/* of the field in the struct */
	bool           may_be_empty;
};

#define LINE_FIELD(type, field) \
	offsetof(struct type, field), sizeof(((struct type *)0)->field)

enum { LINE_ROWS_MAX = 32 };

/*
 * Fills the fields of `out`, which is all zeroes.
 *   ST_OK
 *   ST_INVALID  a key that is unknown, there twice or missing, or a value
 *               that its row does not take; *line from 1, 0: one is missing,
 *               or the last line's end
 */
MUST_CHECK enum status
lines_parse(struct span text, const struct line_row *rows, size_t n_rows,
    void *out, unsigned *line);

/* What lines_parse() takes.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
lines_print(const struct line_row *rows, size_t n_rows, const void *in,
    struct buf *out);

#endif
