/*
 * fhir_input.h -- FHIR R4 Bundles as kinds of input (design: lis.md 4.1): a
 * transaction or a document with at least one DiagnosticReport becomes one
 * report for each.
 *
 * The key of a repetition is the Bundle's identifier, or the body itself.
 */
#ifndef INPUT_FHIR_INPUT_H
#define INPUT_FHIR_INPUT_H

#include "input/input.h"

/* A transaction or a document: POST [base], files. */
extern const struct input_kind input_fhir;
/* Only a document: POST [base]/Bundle. */
extern const struct input_kind input_fhir_document;

#endif
