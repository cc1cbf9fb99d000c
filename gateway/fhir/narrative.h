/*
 * narrative.h -- the human-readable half of a document: XHTML made of
 * paragraphs and one plain table per panel, every text escaped.
 *
 * Never: markup, a link, an attribute or a style that came from outside.
 */
#ifndef FHIR_NARRATIVE_H
#define FHIR_NARRATIVE_H

#include "fhir/element.h"

/* "text":{...} with one paragraph. */
void narrative_words(struct fhir_writer *w, const char *words);

/* "text":{...} with a table per panel of `study`. */
void narrative_results(struct fhir_writer *w, const struct study *study);

/* "text":{...} with the notes that stand at no observation. */
void narrative_notes(struct fhir_writer *w);

#endif
