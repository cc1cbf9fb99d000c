/*
 * sidecar.h -- a PDF and the JSON file beside it that says whose it is
 * (docs/formats/fhir-in.md).
 *
 * The sidecar names the PDF and its SHA-256; the PDF comes as a piece
 * (input.h), in whatever order the two arrived.  A key that the format does
 * not know is refused: what a sender means by it would be lost.
 */
#ifndef INPUT_SIDECAR_H
#define INPUT_SIDECAR_H

#include "input/input.h"

/* A sole piece without a name is the PDF whatever the sidecar calls it. */
extern const struct input_kind input_sidecar;

#endif
