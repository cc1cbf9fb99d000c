/*
 * fold.h -- names and dates without what two people write differently: case,
 * accents, hyphens, apostrophes, blanks.
 *
 * "Désirée Le-Gall" and "DESIREE LE GALL" fold to the same letters.  Latin
 * letters lose their marks, composed (U+00C0-U+017F) or combining; oe, ae,
 * ss and th stand for their ligatures.  Other scripts stay as they are, with
 * case.  Nothing is transliterated: MUELLER is not MÜLLER.
 */
#ifndef INPUT_FOLD_H
#define INPUT_FOLD_H

#include "base/span.h"

enum { FOLD_MOST = 4 };	/* bytes of one character */

/* Takes one character of UTF-8 off `text`, which is not empty; returns how
 * many bytes of `out` it became, perhaps none. */
size_t fold_next(struct span *text, uint8_t out[static FOLD_MOST]);

#endif
