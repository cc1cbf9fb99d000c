/* value.h -- OBX-5 as Observation.value[x]: exactly one of them, or why not. */
#ifndef FHIR_VALUE_H
#define FHIR_VALUE_H

#include "fhir/element.h"

/*
 * Writes one value[x], or dataAbsentReason where there is nothing to show:
 * no value, or one the laboratory took back.  What does not fit its type
 * (a range upside down, a time that is none) is written as text.
 */
void write_value(struct fhir_writer *w, const struct observation *o);

#endif
