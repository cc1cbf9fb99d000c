/*
 * hl7_report.h -- one PATIENT_RESULT of an ORU^R01 (HL7 v2.5.1 section
 * 7.3.1): the segments from a PID to before the next one, as a report.
 *
 * Driven by the order of the segments, whatever version the sender claims:
 * an OBX after an SPM describes the specimen (unless that SPM stands before any
 * OBX of its OBR: then nothing else would be its result), an NTE belongs to the
 * PID, OBR, OBX or SPM before it (that of a document to the report), what is not
 * known is passed over.
 */
#ifndef INPUT_HL7_REPORT_H
#define INPUT_HL7_REPORT_H

#include "input/cda_report.h"
#include "input/hl7_card.h"
#include "input/hl7_context.h"
#include "input/release.h"

enum { HL7_DOCUMENTS_MAX = 64 };	/* PDFs in one report */

/* A report while its segments are read.  Raw spans borrow from the frame. */
struct hl7_build {
	struct report *report;
	struct release_sum sum;
	struct hl7_card card;
	struct cda_build cda;
	const char *quarantine;		/* why; static text, NULL: not */
	struct span identifiers;	/* PID-3, raw */
	struct panel *panel;		/* the last; NULL: none yet */
	struct observation *observation;	/* the last; NULL: none */
	bool in_document;		/* the last OBX was one */
	bool in_specimen;		/* after an SPM */
	bool has_spm;			/* the panel had one */
	bool specimen_first;		/* it came before the results */
	struct span order_control;	/* ORC-1 */
	struct span placer, filler;	/* ORC-2, ORC-3 */
	struct span order_status;	/* OBR-25 */
	bool panel_has_lines;
	struct observation *observations;	/* room for all of them */
	size_t n_observations;
	struct note *note_room;		/* for all of them */
	size_t n_notes;
	struct note *report_room;	/* the same for the report's own */
};

/*
 * Reads the segments after `pid` off `r` up to the next PID into `report`.
 * Reasons to refuse go to c->refusal.
 */
void hl7_report_read(struct hl7_context *c, struct span pid,
    struct hl7_reader *r, struct report *report);

/* Adds one OBX to the last panel: hl7_observation.c. */
void hl7_observation_add(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *obx);

/* Keeps a PDF under the code of its OBX-3; more than HL7_DOCUMENTS_MAX are
 * refused. */
void hl7_document_keep(struct hl7_context *c, struct report *report,
    struct span bytes, const struct coded *code);

/* True for an OBX of coding system MetaDMPMSS, which is no result; what it
 * says is in b->sum: hl7_metadata.c. */
bool hl7_metadata_read(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *obx);

/* Fills what PID says, and b->identifiers: hl7_patient.c. */
void hl7_patient_read(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *pid);

/* A TS as a FHIR date, and HL70001; also of a CDA document. */
struct span hl7_birth_date(struct hl7_context *c, struct span field);
enum sex hl7_sex(struct span code);

/* A person in an XCN, CNN or NDL: hl7_patient.c. */
struct person_name hl7_professional(struct hl7_context *c, struct span field);

#endif
