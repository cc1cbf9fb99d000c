/*
 * ins.h -- the French national health identity (INS): which kind an OID
 * names, and whether a number's key is right (ANS, "Référentiel INS").
 */
#ifndef WIRE_INS_H
#define WIRE_INS_H

#include "base/span.h"

#define INS_ARC "1.2.250.1.213.1.4."

enum ins_kind {
	INS_NONE,		/* not an OID of the INS */
	INS_PRODUCTION,		/* .8 (NIR), .9 (NIA) */
	INS_TEST,		/* .10 test, .11 demonstration */
	INS_OBSOLETE		/* INS-C, .2, and whatever else is in the arc */
};

enum ins_kind ins_kind_of(struct span oid);

/*
 * True for 15 characters: 13 of the number and its key, which is 97 less the
 * number modulo 97, where a department of Corsica counts as 2A = 19, 2B = 18.
 */
bool ins_is_valid(struct span number);

#endif
