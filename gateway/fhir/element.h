/*
 * element.h -- writes FHIR R4's data types: names, codes, numbers, notes.
 *
 * Every function leaves out what the LIS did not say; none writes an empty
 * string, array or object (FHIR forbids them).
 */
#ifndef FHIR_ELEMENT_H
#define FHIR_ELEMENT_H

#include "base/json_writer.h"
#include "fhir/bundle.h"
#include "fhir/outline.h"

/* What every writer of this folder is given. */
struct fhir_writer {
	struct json_writer json;
	const struct report *report;
	const struct fhir_identity *identity;
	struct outline outline;
	bool french;		/* titles of our own */
};

/* Kinds of resource, as far as an identifier needs to tell them apart. */
enum fhir_kind {
	FHIR_BUNDLE, FHIR_COMPOSITION, FHIR_DIAGNOSTIC_REPORT, FHIR_PATIENT,
	FHIR_ORGANIZATION, FHIR_PRACTITIONER, FHIR_SPECIMEN,
	FHIR_SERVICE_REQUEST, FHIR_GROUP, FHIR_OBSERVATION, FHIR_REPORT_ID
};

/* Which resource: (kind, panel, observation), 0 where it has none. */
struct fhir_id {
	enum fhir_kind kind;
	size_t panel, observation;
};

enum { FHIR_UUID_LEN = 36 };

/* "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx" for `id`, always the same for the
 * same seed; with its NUL. */
void fhir_uuid(const uint8_t seed[static 16], struct fhir_id id,
    char out[static FHIR_UUID_LEN + 1]);

/* "key":{"reference":"urn:uuid:..."} */
void fhir_reference(struct fhir_writer *w, const char *key, struct fhir_id id);

/* The start and end of a Bundle.entry with its resource. */
void fhir_entry(struct fhir_writer *w, struct fhir_id id, const char *type);
void fhir_entry_end(struct fhir_writer *w);

/* Adds `text` to the string begun with json_string_begin(), without the
 * control characters that FHIR's string excludes. */
void fhir_add_text(struct fhir_writer *w, struct span text);

/* A string without the control characters FHIR does not know; nothing at all
 * where it would be blank. */
void fhir_string(struct fhir_writer *w, const char *key, struct span text);

/* "key":{"coding":[{system,code,display}],"text"}; `text` may be NULL. */
void fhir_code(struct fhir_writer *w, const char *key, const char *system,
    const char *code, const char *display, const char *text);

/* The words of a coding that a reader should see: the LIS's own first. */
struct span fhir_coded_text(const struct coded *c);

/* A CodeableConcept; `absent` is its text where the LIS gave nothing. */
void fhir_concept(struct fhir_writer *w, const char *key,
    const struct coded *c, const char *absent);

/* The same of several codings that stand for one value. */
void fhir_concepts(struct fhir_writer *w, const char *key,
    const struct coded *first, const struct coded *more, size_t n_more);

/* A Quantity with `number` as printed, the unit as text, UCUM if given. */
void fhir_quantity(struct fhir_writer *w, const char *key,
    struct span comparator, struct span number, const struct observation *o);

/* "name":[...]; a name that is blank in both parts is written as absent. */
void fhir_names(struct fhir_writer *w, const struct person_name *official,
    const struct person_name *usual);

/* "note":[...] of both lists, or nothing. */
void fhir_notes(struct fhir_writer *w, const struct note *a, size_t n_a,
    const struct note *b, size_t n_b);

/* "_key":{"extension":[data-absent-reason unknown]} */
void fhir_absent(struct fhir_writer *w, const char *key);

/* A dateTime (or instant), or nothing where the text is not one. */
void fhir_date_time(struct fhir_writer *w, const char *key, struct span text);
void fhir_instant(struct fhir_writer *w, const char *key, struct span text);

/* The report's identifier as an object; the same bytes wherever it stands. */
void fhir_report_identifier(struct fhir_writer *w, const char *key);

#endif
