/* fhir_samples.h -- Bundles of our own for the tests of FHIR in: written with
 * ' for ", put together from resources. */
#ifndef TESTS_FHIR_SAMPLES_H
#define TESTS_FHIR_SAMPLES_H

#include "input/input.h"

/* Resources; all belong to one patient. */
extern const char sample_patient[], sample_report[], sample_glucose[];

/* A transaction of these resources (each a POST, fullUrl urn:uuid:<n>), NULL
 * at the end.  Static storage, overwritten by the next call. */
struct span sample_transaction(const char *const resources[]);

/* The text with " for every '.  Static storage likewise. */
struct span sample_json(const char *text);

/* A parsed input and what it stands in. */
struct sample {
	struct config_source source;
	struct arena arena;
	struct parsed parsed;
	enum status st;
	unsigned code;			/* of the answer */
	struct buf answer;
	uint8_t bytes[INPUT_ANSWER_MAX];
};

/* Parses and answers; sample_clear() before the next. */
void sample_take(struct sample *s, const struct input_kind *kind,
    struct span bytes);
void sample_take_pieces(struct sample *s, const struct input_kind *kind,
    struct span bytes, const struct input_piece *pieces, size_t n);
void sample_clear(struct sample *s);

/* Does the answer hold this text, written with ' for "? */
bool sample_says(const struct sample *s, const char *text);

#endif
