/*
 * codes.h -- lists of examinations, "LOINC 75622-1, NABM 0388, LOCAL HIV*,
 * * *VIH*": what a hold list names.
 *
 * Pure.  Each item is a system and a pattern: LOINC and NABM codes, LOCAL
 * for a code of any other system, * for a code or a label of whatever
 * system.  In a pattern `*` stands for any text and `?` for one letter;
 * capitals and accents make no difference.
 */
#ifndef CONFIG_CODES_H
#define CONFIG_CODES_H

#include <stdbool.h>

#include "base/span.h"

enum codes_system { CODES_LOINC, CODES_NABM, CODES_LOCAL, CODES_ANY };

struct codes_item {
	enum codes_system system;
	struct span pattern;	/* borrows from the list; never empty */
};

/*
 * Takes the next item off `list`, which moves on.
 * ST_OK; ST_NOT_FOUND at its end; ST_INVALID: neither of the four systems,
 * no pattern after it, or a pattern of nothing but `*` with a system *.
 */
MUST_CHECK enum status codes_next(struct span *list, struct codes_item *item);

/* ST_OK where each item of `list` is one; ST_INVALID. */
MUST_CHECK enum status codes_check(struct span list);

/* A text as patterns are compared with it: at most CODES_TEXT_MAX letters,
 * what is longer is cut off. */
enum { CODES_TEXT_MAX = 240 };

struct codes_text {
	size_t  len;
	uint8_t byte[CODES_TEXT_MAX];
};

/* Small letters, without accents (U+00C0 to U+017F), one blank for many. */
void codes_fold(struct span text, struct codes_text *out);

/* Does all of `text` fit the pattern?  In time of at most the product of
 * their lengths. */
bool codes_match(struct span pattern, const struct codes_text *text);

#endif
