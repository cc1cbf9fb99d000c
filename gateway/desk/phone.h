/*
 * phone.h -- a telephone number as somebody typed it, for the SMS gateway.
 *
 * Reading forgives spaces, full stops, hyphens, slashes and parentheses, 00
 * for +, and the French national form: 06 12 34 56 78 is +33612345678, and
 * 0692 is Réunion's +262692.  Pure; never logs what it reads.
 */
#ifndef DESK_PHONE_H
#define DESK_PHONE_H

#include "base/span.h"

enum {
	PHONE_DIGITS_MIN = 8, PHONE_DIGITS_MAX = 15,	/* ITU-T E.164 */
	PHONE_MAX = PHONE_DIGITS_MAX + 1		/* with its + */
};

/*
 * Writes "+33612345678" and a NUL to `out`.  PERSONAL: the caller wipes it.
 *
 *   ST_OK
 *   ST_INVALID      no telephone number; another country's needs its +
 *   ST_UNSUPPORTED  a number of France that is no mobile's: no SMS arrives
 */
MUST_CHECK enum status
phone_read(struct span typed, char out[static PHONE_MAX + 1]);

#endif
