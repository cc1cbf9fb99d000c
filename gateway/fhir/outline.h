/*
 * outline.h -- which resources a report becomes and how they hang together.
 *
 * A panel becomes a grouping Observation unless it is one single test of the
 * same name; panels that hang on an organism (OBR-26, OBR-29) become its
 * members.  Pure, and linear in the number of panels.
 */
#ifndef FHIR_OUTLINE_H
#define FHIR_OUTLINE_H

#include "fhir/codes.h"
#include "fhir/report.h"

/* Above this many panels nobody's parent is looked up. */
enum { OUTLINE_LINKED_MAX = 512 };

struct outline {
	const struct report *report;
	const struct study *studies[STUDIES_MAX];	/* in order of the report */
	size_t n_studies;		/* at least 1 */
	size_t n_observations;
	size_t validator;	/* first panel that names one, else n_panels */
	size_t order;		/* first panel with a placer order, likewise */
	size_t specimen;	/* first panel with a specimen, likewise */
	bool linked;		/* some panel has a parent */
	bool notes;		/* some note has no observation to stand at */
};

void outline_make(struct outline *o, const struct report *r);

/* Does panel `i` become a grouping Observation? */
bool outline_is_group(const struct outline *o, size_t i);

/* Does panel `i` become anything at all? */
bool outline_has_results(const struct outline *o, size_t i);

/* The first panel after `after` (SIZE_MAX: from the start) that hangs on
 * observation `j` of panel `i`, or on the panel itself where j is -1;
 * n_panels where there is none. */
size_t outline_next_child(const struct outline *o, size_t i, int j,
    size_t after);

/* The panel whose Practitioner or ServiceRequest stands for that of panel
 * `i`, which has one. */
size_t outline_validator_of(const struct outline *o, size_t i);
size_t outline_order_of(const struct outline *o, size_t i);

bool outline_has_validator(const struct panel *p);
bool outline_has_order(const struct panel *p);
bool outline_has_specimen(const struct panel *p);

#endif
