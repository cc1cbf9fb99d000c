/*
 * cda_report.h -- CDA documents in OBX (ANS: "Transmission de documents CDA-R2
 * en HL7v2" 2.1; design: lis.md 2.5): their PDFs and results become parts of
 * the report, their setId its key, their versionNumber its version.
 *
 *   the document's OBX-11 against ORC-1   NW F, RO C, CA D; else AE 103
 *   PID-3 against recordTarget            else quarantine
 *   not to be read, no CDA                AE 102
 */
#ifndef INPUT_CDA_REPORT_H
#define INPUT_CDA_REPORT_H

#include "input/hl7_context.h"
#include "input/release.h"
#include "wire/cda.h"

struct hl7_build;

/* What the documents of one report have brought so far. */
struct cda_build {
	unsigned n;			/* documents */
	struct cda_id set_id;
	uint64_t version_number;
	struct panel *panels;		/* appended when the report is whole */
	size_t n_panels;
};

/* True for an ED that is labelled as XML, or starts like it. */
bool cda_is_document(const struct hl7_context *c, struct span type,
    struct span field);

/* Refuses the message where ORC-1 contradicts OBX-11 of the document; then
 * the line needs no ORC-1 any more.  A source with legacy orders says
 * nothing by ORC-1. */
void cda_check_order(struct hl7_context *c, struct release_line *line);

/*
 * Reads the document in OBX-5; `code` is its OBX-3, `line` what the release
 * matrix is told of it.  Of one that is withdrawn only whose it is and which.
 * Refuses or quarantines the report by the table above.
 */
void cda_add(struct hl7_context *c, struct hl7_build *b, struct span field,
    const struct coded *code, const struct release_line *line);

/* The report has all its segments: its documents' panels come last. */
void cda_finish(struct hl7_context *c, struct hl7_build *b);

/* The results of a structured body: to b->cda.panels and b->sum; each has
 * the document's own line, as far as its statusCode says nothing else.
 * cda_results.c. */
void cda_results(struct hl7_context *c, struct hl7_build *b,
    const struct cda *cda, const struct release_line *line);

/* --- for cda_results.c ------------------------------------------------------ */

/* Where the narrative has what entries point at: elements by their ID. */
struct cda_texts {
	struct cda_target *targets;	/* sorted */
	size_t n;
	unsigned looks_left;
};

/* The elements under `body` that have an ID: cda_texts.c. */
struct cda_texts cda_texts_of(struct hl7_context *c,
    const struct cda_node *body);

/* What an originalText or a text says, or what it points at. */
struct span cda_said(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *text);

/* One value and what belongs to it: cda_value.c. */
struct coded cda_coded(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *code);
struct value cda_value(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *value, struct span *unit);
void cda_range(struct hl7_context *c, struct cda_texts *texts,
    const struct cda_node *observation, struct observation *o);

#endif
