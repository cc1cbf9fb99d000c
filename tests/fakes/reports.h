/* reports.h -- reports as the parser would make them, for tests of fhir/. */
#ifndef FAKES_REPORTS_H
#define FAKES_REPORTS_H

#include "fhir/bundle.h"

enum sample {
	SAMPLE_CHEMISTRY,	/* two results with a PDF, one panel */
	SAMPLE_DOCUMENT,	/* a PDF and nothing else */
	SAMPLE_VALUES,		/* every kind of value, status and flag */
	SAMPLE_CULTURE,		/* an organism with its susceptibilities */
	SAMPLE_HOSTILE,		/* markup, controls, bad UTF-8, emoji, RTL */
	SAMPLE_EMPTY,		/* one observation of which nothing is known */
	SAMPLE_SECTIONS,	/* three branches, two validators, two PDFs */
	SAMPLES
};

/* Static storage, good until the next call. */
const struct report *report_sample(enum sample which);

/* box "test-box", a fixed seed and time, "fr-FR". */
extern const struct fhir_identity report_identity;

#endif
