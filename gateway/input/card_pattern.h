/*
 * card_pattern.h -- a source's card_pattern: which part of a field is the
 * pickup card's number.
 */
#ifndef INPUT_CARD_PATTERN_H
#define INPUT_CARD_PATTERN_H

#include "base/span.h"

enum { CARD_FIELD_MAX = 255 };	/* longer fields hold no card number */

/*
 * What the group of `pattern`, a POSIX extended regular expression, matches
 * in `field`; all of the field where the pattern is empty, nothing where it
 * does not match.  The result borrows from `field`.
 *
 * Compiled patterns are kept on the heap for ever: a few, one per source.
 */
struct span card_pattern_find(const char *pattern, struct span field);

#endif
