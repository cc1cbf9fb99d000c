/*
 * codes.h -- the code tables between HL7 v2 and FHIR R4 (lis.md 4.2, 4.3).
 *
 * Only what a standard says is the same is translated; there is no guess.
 */
#ifndef FHIR_CODES_H
#define FHIR_CODES_H

#include "fhir/report.h"

/* coded.system of the two public code systems of laboratory tests. */
#define SYSTEM_LOINC "http://loinc.org"
#define SYSTEM_NABM  "https://smt.esante.gouv.fr/terminologie-nabm"

/* A branch of the laboratory: HL70074 (OBR-24) and its LOINC study type. */
struct study {
	const char *section;	/* HL70074 */
	const char *loinc;
	const char *display;	/* LOINC's own, English */
	const char *french;	/* our title */
};

/* The row for OBR-24; for what is not in the table, "Laboratory studies".
 * Static storage, never NULL; equal sections give the same pointer. */
const struct study *study_of(struct span section);

enum { STUDIES_MAX = 24 };	/* rows of the table, at most */

/* Observation.status, DiagnosticReport.status, Composition.status. */
const char *observation_status_code(enum observation_status status);
const char *report_status_code(enum bundle_status status);
const char *composition_status_code(enum bundle_status status);

/* Entered in error, or cancelled: then there is no value to show. */
bool observation_is_gone(enum observation_status status);

/* http://terminology.hl7.org/CodeSystem/data-absent-reason */
const char *absent_reason_code(enum observation_status status);

/* Is this HL70078 code also one of v3-ObservationInterpretation? */
bool is_interpretation(struct span code);

#endif
