/*
 * fhir_report.h -- one DiagnosticReport of a Bundle, with its Observations,
 * patient, specimens and PDFs, as a report (design: lis.md 4.1).
 *
 *   DiagnosticReport.result     becomes
 *   a plain Observation         a line of the report's first panel
 *   with hasMember, component   a panel of its own, inside its parent's
 */
#ifndef INPUT_FHIR_REPORT_H
#define INPUT_FHIR_REPORT_H

#include "input/fhir_entries.h"
#include "input/release.h"

enum { FHIR_DOCUMENTS_MAX = 64 };	/* PDFs in one report */

/* One Observation of the report, parents before their members. */
struct fhir_item {
	struct fhir_resource *resource;
	int parent;		/* index of the item it is a member of, or -1 */
	int panel;		/* of a group: its panel; -1: a line */
};

struct fhir_card {
	char number[10];	/* without the check symbol */
	bool found;
};

/* A report while it is read. */
struct fhir_build {
	struct fhir_context *c;
	struct fhir_resource *diagnostic;
	struct fhir_resource *subject;	/* the one Patient */
	struct report *report;
	unsigned number;		/* of the report, from 1 */
	struct release_sum sum;
	struct span order_status;	/* HL70123, of DiagnosticReport.status */
	bool is_void;			/* cancelled, entered-in-error */
	struct fhir_item *items;	/* room for every resource */
	size_t n_items;
	struct fhir_card card;
	struct person_name interpreter;
	struct specimen specimen;	/* DiagnosticReport.specimen */
	bool has_specimen;
};

/* Reads b->diagnostic into b->report; reasons to refuse go to the context. */
void fhir_report_read(struct fhir_build *b);

/* result, hasMember, component: fhir_results.c. */
void fhir_results_read(struct fhir_build *b);

/* One Observation or component: fhir_observation.c.  `owner` is the
 * Observation whose status, time and specimen hold for it. */
void fhir_observation_read(struct fhir_build *b,
    const struct fhir_resource *owner, const struct tree_node *node,
    struct panel *panel, struct observation *o);

/* What the Observation itself says although it has no value. */
void fhir_observation_judge_group(struct fhir_build *b,
    const struct fhir_resource *r, const struct panel *panel);

enum observation_status fhir_observation_status(const struct tree_node *node);

/* presentedForm: fhir_document.c. */
void fhir_documents_read(struct fhir_build *b);

/* The Patient: fhir_patient.c. */
void fhir_patient_read(struct fhir_build *b);

/* Card, order numbers, the report's own identifier: fhir_order.c. */
void fhir_orders_read(struct fhir_build *b);

/* The specimen of a Reference; false: none here. */
bool fhir_specimen_read(struct fhir_context *c,
    const struct fhir_resource *from, const struct tree_node *reference,
    struct specimen *out);

/* The first Practitioner, or the first Organization, that the References at
 * `key` name: fhir_people.c. */
struct person_name fhir_professional(struct fhir_context *c,
    const struct fhir_resource *r, const char *key);
struct span fhir_organization(struct fhir_context *c,
    const struct fhir_resource *r, const char *key);

/* meta.security, meta.tag: hides the report, or refuses test data. */
void fhir_labels_read(struct fhir_build *b, const struct fhir_resource *r);

#endif
