/*
 * symbols.h -- what patients type: card number, slip code and day code in
 * Crockford base32 with a Luhn mod 32 check symbol.
 *
 * Reading forgives case, spaces, hyphens, I and L for 1, O for 0.
 */
#ifndef CARD_SYMBOLS_H
#define CARD_SYMBOLS_H

#include "base/span.h"

enum {
	CARD_NUMBER_LEN = 10,	/* without the check symbol */
	SLIP_CODE_LEN   = 15,
	DAY_CODE_LEN    = 10,
	SYMBOLS_MAX     = 15,
	SYMBOLS_PRINTED_MAX = 24
};

struct symbols {
	char   text[SYMBOLS_MAX];	/* canonical, no check, no NUL */
	size_t len;
};

/* `len` fresh random symbols. */
void symbols_random(struct symbols *s, size_t len);

/* The check symbol of `s`. */
char symbols_check(const struct symbols *s);

/*
 * Reads `len` symbols and a check symbol from what somebody typed.
 *
 *   ST_OK
 *   ST_MALFORMED  a symbol that is none, or another count
 *   ST_FORGED     the check symbol does not match: a typing error
 */
MUST_CHECK enum status
symbols_parse(struct span typed, size_t len, struct symbols *s);

/* Appends "4-4-3" or "4-4-4-4" groups with the check symbol; no NUL. */
MUST_CHECK enum status
symbols_print(const struct symbols *s, struct buf *out);

#endif
