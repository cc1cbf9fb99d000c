/*
 * hl7_card.h -- the pickup card's number, wherever a LIS can put it
 * (design: lis.md 2.5): the source's paths, best place first.
 */
#ifndef INPUT_HL7_CARD_H
#define INPUT_HL7_CARD_H

#include "input/hl7_context.h"

/* The best number found so far in one patient's segments. */
struct hl7_card {
	char number[10];	/* canonical, without the check symbol */
	bool found;
	bool contradictory;	/* two different cards */
};

/*
 * Looks at one segment.  A number counts only where its check symbol is
 * right; in PID-3 only under the source's card authority.
 */
void hl7_card_look(struct hl7_context *c, const struct hl7_fields *segment,
    struct hl7_card *card);

#endif
