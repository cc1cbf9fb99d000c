/*
 * fhir_value.h -- Observation.value[x] (FHIR R4 section 10.1) as a value of
 * fhir/report.h.  Pure; digits stay as they were printed.
 */
#ifndef INPUT_FHIR_VALUE_H
#define INPUT_FHIR_VALUE_H

#include "input/fhir_context.h"

/*
 * Reads the value[x] of `node`, an Observation or one of its components, into
 * o->value, o->unit and o->unit_ucum; VALUE_ABSENT where it has none.  Two
 * values, or a value beside a dataAbsentReason (obs-6), are refused; what
 * a dataAbsentReason says in words comes back as a text.
 */
struct span fhir_value_read(struct fhir_context *c,
    const struct fhir_resource *r, const struct tree_node *node,
    struct observation *o);

/* referenceRange: [BackboneElement] -> range_low, range_high, range_text. */
void fhir_ranges_read(struct fhir_context *c, const struct fhir_resource *r,
    const struct tree_node *ranges, struct observation *o);

#endif
