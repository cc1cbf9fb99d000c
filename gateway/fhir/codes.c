#include "fhir/codes.h"

/* The first row is what everything else is.  HL70074 codes that name a place
 * or a method (IMM, NMR...) have no study type of their own in LOINC. */
static const struct study studies[] = {
	{ "LAB", "26436-6", "Laboratory studies (set)", "Biologie médicale" },
	{ "BG",  "18767-4", "Blood gas studies (set)", "Gaz du sang" },
	{ "BLB", "18717-9", "Blood bank studies (set)", "Immuno-hématologie" },
	{ "CH",  "18719-5", "Chemistry studies (set)", "Biochimie" },
	{ "CP",  "26438-2", "Cytology studies (set)", "Cytologie" },
	{ "HM",  "18723-7", "Hematology studies (set)", "Hématologie" },
	{ "MB",  "18725-2", "Microbiology studies (set)", "Microbiologie" },
	{ "MCB", "18725-2", "Microbiology studies (set)", "Mycobactériologie" },
	{ "MYC", "18725-2", "Microbiology studies (set)", "Mycologie" },
	{ "SR",  "18727-8", "Serology studies (set)", "Sérologie" },
	{ "TX",  "18728-6", "Toxicology studies (set)", "Toxicologie" },
	{ "VR",  "18725-2", "Microbiology studies (set)", "Virologie" },
};

_Static_assert(COUNT(studies) <= STUDIES_MAX, "see codes.h");

/* See codes.h. */
const struct study *
study_of(struct span section)
{
	for (size_t i = 0; i < COUNT(studies); i++)
		if (span_is(section, studies[i].section))
			return &studies[i];
	return &studies[0];
}

/* See codes.h. */
const char *
observation_status_code(enum observation_status status)
{
	static const char *const code[] = {
		[OBSERVATION_REGISTERED] = "registered",
		[OBSERVATION_PRELIMINARY] = "preliminary",
		[OBSERVATION_FINAL] = "final",
		[OBSERVATION_AMENDED] = "amended",
		[OBSERVATION_CORRECTED] = "corrected",
		[OBSERVATION_CANCELLED] = "cancelled",
		[OBSERVATION_ENTERED_IN_ERROR] = "entered-in-error",
		[OBSERVATION_UNKNOWN] = "unknown",
	};

	return (size_t)status < COUNT(code) ? code[status] : "unknown";
}

/* See codes.h. */
bool
observation_is_gone(enum observation_status status)
{
	return status == OBSERVATION_ENTERED_IN_ERROR ||
	    status == OBSERVATION_CANCELLED;
}

/* See codes.h. */
const char *
report_status_code(enum bundle_status status)
{
	switch (status) {
	case BUNDLE_FINAL:
		return "final";
	case BUNDLE_CORRECTED:
		return "corrected";
	case BUNDLE_APPENDED:
		return "appended";
	case BUNDLE_PRELIMINARY:
		return "preliminary";
	default:
		return "entered-in-error";	/* tombstones are not sealed */
	}
}

/* See codes.h. */
const char *
composition_status_code(enum bundle_status status)
{
	switch (status) {
	case BUNDLE_FINAL:
		return "final";
	case BUNDLE_CORRECTED:
	case BUNDLE_APPENDED:
		return "amended";
	case BUNDLE_PRELIMINARY:
		return "preliminary";
	default:
		return "entered-in-error";
	}
}

/* See codes.h. */
const char *
absent_reason_code(enum observation_status status)
{
	switch (status) {
	case OBSERVATION_REGISTERED:
	case OBSERVATION_PRELIMINARY:
		return "temp-unknown";
	case OBSERVATION_CANCELLED:
		return "not-performed";
	case OBSERVATION_ENTERED_IN_ERROR:
		return "error";
	default:
		return "unknown";
	}
}

/* See codes.h. */
bool
is_interpretation(struct span code)
{
	/* HL70078 codes that v3-ObservationInterpretation defines in the same
	 * sense; MS and VS are retired there, OBX and null never were. */
	static const char *const known[] = {
		"<", ">", "A", "AA", "AC", "B", "D", "DET", "H", "HH", "HM",
		"HU", "I", "IND", "L", "LL", "LU", "N", "ND", "NEG", "NR",
		"NS", "POS", "QCF", "R", "RR", "S", "SDD", "TOX", "U", "W",
		"WR",
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (span_is(code, known[i]))
			return true;
	return false;
}
