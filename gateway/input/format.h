/*
 * format.h -- what a file is, by what stands in it.  Pure; looks, never
 * parses: what it says may still be refused by its parser.
 */
#ifndef INPUT_FORMAT_H
#define INPUT_FORMAT_H

#include "config/config.h"

/*
 * HL7 v2 by MSH, FHS or BHS; HPRIM Santé by H and its delimiters, good or
 * bad; HPRIM Médecin by its dates or a tag; FHIR by an object with
 * "resourceType", a sidecar by any other JSON object.  FORMAT_AUTO: none.
 * A byte order mark, UTF-16 with one, and blanks in front change nothing.
 */
enum source_format format_detect(struct span file);

#endif
