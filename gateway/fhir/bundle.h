/*
 * bundle.h -- a report as a FHIR R4 document Bundle after HL7 Europe
 * Laboratory Report 2.0.0 (lis.md 4.3), padded for sealing.
 *
 * Pure: same report, same identifiers and same time give the same bytes.
 */
#ifndef FHIR_BUNDLE_H
#define FHIR_BUNDLE_H

#include "fhir/report.h"

enum { FHIR_PAD_BYTES = 64 * 1024 };

struct fhir_identity {
	const char *box;		/* system of our identifiers */
	uint8_t     seed[16];		/* random: all UUIDs come from it */
	struct span timestamp;		/* Bundle.timestamp, an instant */
	struct span language;		/* "fr-FR" */
};

/* An upper bound for what fhir_write_bundle() appends, padding included. */
size_t fhir_bundle_bound(const struct report *r);

/*
 * Appends the Bundle and pads it with spaces to a multiple of
 * FHIR_PAD_BYTES, counted from where it started.
 *
 *   ST_OK
 *   ST_NO_SPACE
 *   ST_INVALID   the report has neither an observation nor a document
 */
MUST_CHECK enum status
fhir_write_bundle(const struct report *r, const struct fhir_identity *id,
    struct buf *out);

#endif
