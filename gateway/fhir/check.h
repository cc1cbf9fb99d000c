/*
 * check.h -- is this text what FHIR R4's primitive types allow?
 *
 * Pure.  What fails a check is written as plain text or left out; it never
 * makes a bundle invalid.
 */
#ifndef FHIR_CHECK_H
#define FHIR_CHECK_H

#include "base/span.h"

/* Nothing but white space and control characters. */
bool fhir_is_blank(struct span s);

/*
 * White space that a string may not hold: its pattern is [ \r\n\t\S]+, and to
 * readers of Unicode a no-break space is no \S.  Bytes of the character at
 * `s`, with what stands for it in *instead; 0: it is none.
 */
size_t fhir_odd_space(struct span s, const char **instead);

/* decimal: a JSON number with at most FHIR_NUMBER_MAX symbols. */
enum { FHIR_NUMBER_MAX = 64 };
bool fhir_is_number(struct span s);

/* code: no white space at the ends, at most one between words. */
bool fhir_is_code(struct span s);

/* uri: no white space, and a scheme ("urn:oid:1.2", "http://loinc.org"). */
bool fhir_is_uri(struct span s);

/* date: YYYY, YYYY-MM, YYYY-MM-DD. */
bool fhir_is_date(struct span s);

/* dateTime: a date, or one with a time to the second and an offset. */
bool fhir_is_date_time(struct span s);

/* instant: a dateTime that has a time. */
bool fhir_is_instant(struct span s);

/* time: hh:mm:ss with optional fraction. */
bool fhir_is_time(struct span s);

#endif
