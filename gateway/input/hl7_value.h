/*
 * hl7_value.h -- OBX-5 by OBX-2 (design: lis.md 2.2).
 *
 * Nothing is guessed: what does not fit its type becomes the text that the
 * LIS wrote, with a warning.
 */
#ifndef INPUT_HL7_VALUE_H
#define INPUT_HL7_VALUE_H

#include "input/hl7_context.h"

/* `type` is OBX-2, `field` OBX-5, both raw. */
struct value hl7_value(struct hl7_context *c, struct span type,
    struct span field);

/* OBX-7: the text as printed is the caller's; "3.5-5.0", "< 5", ">= 2" also
 * give numbers.  Anything else leaves both empty. */
void hl7_range(struct hl7_context *c, struct span text, struct span *low,
    struct span *high);

#endif
