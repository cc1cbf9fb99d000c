/* resources.h -- one function per kind of resource in the document. */
#ifndef FHIR_RESOURCES_H
#define FHIR_RESOURCES_H

#include "fhir/element.h"

/* Each appends one or more entries to the open "entry" array. */
void write_composition(struct fhir_writer *w);
void write_diagnostic_report(struct fhir_writer *w);
void write_patient(struct fhir_writer *w);
void write_organization(struct fhir_writer *w);
void write_practitioners(struct fhir_writer *w);
void write_specimens(struct fhir_writer *w);
void write_service_requests(struct fhir_writer *w);
void write_observations(struct fhir_writer *w);

/* References to all that was observed, panels first, in the report's order:
 * DiagnosticReport.result and (of one study) Composition.section.entry. */
void write_result_references(struct fhir_writer *w, const char *key,
    const struct study *only);

/* "category":[...]: the study types; the same bytes in Composition and
 * DiagnosticReport (dr-comp-category). */
void write_categories(struct fhir_writer *w);

/* "type" or "code": what kind of document this is; likewise mirrored. */
void write_document_type(struct fhir_writer *w, const char *key);

#endif
