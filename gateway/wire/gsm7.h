/*
 * gsm7.h -- text that every SMS gateway takes as it is: the characters that
 * ASCII and the GSM 7-bit default alphabet (3GPP TS 23.038 section 6.2.1)
 * share, one septet each.
 *
 * Accents go ("Étang" -> "Etang"): a gateway that takes UTF-8 for Latin-1, or
 * the reverse, then changes nothing, and no character makes a message longer.
 * Pure.
 */
#ifndef WIRE_GSM7_H
#define WIRE_GSM7_H

#include "base/span.h"

enum { GSM7_MESSAGE_MAX = 160 };	/* septets of a message in one part */

/* True where each byte is one septet of the default alphabet and the same
 * character in ASCII. */
bool gsm7_is_plain(struct span text);

/*
 * Appends `name` (UTF-8) as letters, digits, spaces and - ' &: accents
 * folded, ligatures spelt out, anything else a space, never two spaces in a
 * row, none at either end.  A full stop is a space too: what would look like
 * an address of a page does not.  ST_OK or ST_NO_SPACE, `out` as it was.
 */
MUST_CHECK enum status gsm7_name(struct span name, struct buf *out);

/*
 * The front of a name from gsm7_name() that fits into `most`: whole words;
 * where the first is longer than that, as much of it.
 */
struct span gsm7_cut(struct span name, size_t most);

#endif
