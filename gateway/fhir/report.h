/*
 * report.h -- one patient's laboratory report, whatever it came as.
 *
 * HL7 v2 (later HPRIM and FHIR) is turned into this; fhir/bundle.h turns it
 * into a FHIR document.  Every span is UTF-8, unescaped, and borrows from
 * the delivery's arena.  An empty span means "the LIS did not say".
 * Values, units, ranges and flags are what the LIS printed: nothing is
 * guessed, rounded or translated.
 */
#ifndef FHIR_REPORT_H
#define FHIR_REPORT_H

#include <stdbool.h>

#include "base/span.h"
#include "ipc/release.h"

/* FHIR dateTime as text ("2026-11-21", "2026-11-21T07:30:00+01:00"), with
 * the precision that was given. */
struct fhir_time {
	struct span text;
};

/* One coding: OBX-3, OBR-4, a CWE value, a specimen type. */
struct coded {
	struct span code, system, display;	/* system: a URI, or empty */
	struct span alternate_code, alternate_system, alternate_display;
	struct span text;			/* CWE.9, or the ST itself */
};

struct person_name {
	struct span family, given, prefix;
};

enum sex { SEX_UNKNOWN, SEX_FEMALE, SEX_MALE, SEX_OTHER };

/* No NIR, no INS, no address, no phone: they must not even get here. */
struct patient {
	struct person_name name;		/* birth name (PID-5 type L) */
	struct person_name used_name;	/* PID-5 type D; may be empty */
	struct span birth_date;		/* "1979-03-28", "1979-03", "1979" */
	enum sex sex;
};

enum value_kind {
	VALUE_ABSENT,		/* dataAbsentReason */
	VALUE_QUANTITY,		/* NM; SN with a comparator */
	VALUE_RANGE,		/* SN "-", NR */
	VALUE_RATIO,		/* SN ":" and "/" */
	VALUE_TEXT,		/* ST, TX, FT, and what is not known */
	VALUE_CODED,		/* CE, CWE, CNE, CF, IS */
	VALUE_DATE_TIME,	/* DT, TS, DTM */
	VALUE_TIME,		/* TM */
	VALUE_PERIOD,		/* DR */
	VALUE_SAMPLED		/* NA, MA */
};

struct value {
	enum value_kind kind;
	struct span comparator;	/* "<", "<=", ">=", ">" or empty */
	struct span number;	/* a JSON number: "5.10" */
	struct span number2;	/* the second of RANGE and RATIO */
	struct span text;	/* TEXT, DATE_TIME, TIME, start of PERIOD */
	struct span text2;	/* end of PERIOD */
	struct coded coded;	/* the first of CODED; others in `more` */
	struct coded *more;
	size_t n_more;
};

struct note {
	struct span text;
};

/* OBX-11, already reduced to what FHIR knows (lis.md 4.2). */
enum observation_status {
	OBSERVATION_REGISTERED, OBSERVATION_PRELIMINARY, OBSERVATION_FINAL,
	OBSERVATION_AMENDED, OBSERVATION_CORRECTED, OBSERVATION_CANCELLED,
	OBSERVATION_ENTERED_IN_ERROR, OBSERVATION_UNKNOWN
};

struct observation {
	struct coded code;		/* OBX-3 */
	struct span  sub_id;		/* OBX-4 */
	struct value value;		/* OBX-5 */
	struct span  unit;		/* OBX-6 as printed */
	struct span  unit_ucum;		/* only where OBX-6.3 says UCUM */
	struct span  range_text;	/* OBX-7 as printed */
	struct span  range_low, range_high;	/* JSON numbers, or empty */
	struct coded *flags;		/* OBX-8, HL70078 codes */
	size_t       n_flags;
	enum observation_status status;	/* OBX-11 */
	struct fhir_time effective;	/* OBX-14, else OBR-7 */
	struct coded method;		/* OBX-17 */
	struct note *notes;
	size_t       n_notes;
	enum release release;		/* release matrix, this line alone */
	const char  *release_reason;	/* "OBX-11 P"; static text */
	unsigned     holds;		/* enum hold, this line alone */
	bool is_confirmed;		/* OBX-11 U: the value came before */
};

struct specimen {
	struct coded type;		/* SPM-4, or OBR-15.1 */
	struct fhir_time collected;	/* SPM-17, OBR-7 */
	struct span identifier;		/* SPM-2 */
	struct note *notes;
	size_t n_notes;
};

/* One OBR: a panel, a single test, or a culture. */
struct panel {
	struct coded code;		/* OBR-4 */
	struct span  placer_order;	/* OBR-2, else ORC-2 */
	struct span  filler_order;	/* OBR-3, else ORC-3 */
	struct span  section;		/* OBR-24, HL70074 ("CH", "HM", "MB") */
	enum observation_status status;	/* OBR-25 */
	struct fhir_time effective;	/* OBR-7 */
	struct fhir_time issued;	/* OBR-22 */
	struct person_name validator;	/* OBR-32, else OBX-16 */
	struct specimen specimen;	/* type empty: none */
	bool has_specimen;
	int  parent_panel;		/* index, -1: none (OBR-26, OBR-29) */
	int  parent_observation;	/* index in that panel, -1: none */
	struct observation *observations;
	size_t n_observations;
	struct note *notes;
	size_t n_notes;
};

/* A document the LIS printed: passed on bit by bit. */
struct document {
	struct span bytes;		/* decoded; starts with %PDF- */
	struct span title;		/* OBX-3 display, or empty */
	struct coded code;		/* OBX-3; may be empty */
	bool suspicious;		/* encrypted, or holds JavaScript */
};

/* Bits of what is odd in the message but did not stop it. */
enum report_warning {
	WARN_CHARSET          = 1,	/* declared one thing, sent another */
	WARN_VALUE_TYPE       = 2,	/* unknown OBX-2, taken as text */
	WARN_DECIMAL_COMMA    = 4,
	WARN_BASE64           = 8,	/* an attachment that is not one */
	WARN_TIME             = 16,
	WARN_ATTACHMENT       = 32,	/* neither PDF nor known: left out */
	WARN_SUSPICIOUS_PDF   = 64,
	WARN_INS              = 128,	/* not qualified, or a wrong key */
	WARN_LONG_LINE        = 256	/* HPRIM: over 220 characters */
};

/* How report.patient_id_kind starts where the identifier is an INS. */
#define PATIENT_ID_INS "INS:"

struct report {
	struct patient patient;
	struct span patient_id;		/* PID-3, the best; only ever hashed */
	struct span patient_id_kind;	/* its type and who gave it; only those
					   of one kind can be compared */
	struct span organization;	/* OBX-23, else the configured lab.name */
	struct span report_id;		/* OBR-3/ORC-3 of the first panel */
	struct span report_authority;	/* its assigning authority */
	struct span card;		/* ten symbols, checked; or empty */
	struct span order;		/* for the look-up by order */
	struct fhir_time issued;	/* OBR-22, else MSH-7 */
	uint64_t version_ms;		/* the same as a number */
	uint64_t version_number;	/* of a CDA document; 0: none.  Orders
					   versions before version_ms does */
	struct span language;		/* BCP 47; empty: the source's */
	enum bundle_status status;
	enum release release;		/* of the whole: the strictest line */
	const char *release_reason;	/* static text; also of a quarantine */
	unsigned holds;			/* enum hold; of RELEASE_WITHHOLD, and
					   of RELEASE_CONFIRM what remains */
	uint64_t opens_s;		/* 0: at once */
	unsigned exams;			/* enum exams */
	unsigned warnings;		/* enum report_warning */
	bool is_whole;			/* replaces all of an earlier version,
					   as a PDF does */
	struct panel *panels;
	size_t n_panels;
	struct document *documents;
	size_t n_documents;
	struct note *notes;		/* NTE after PID */
	size_t n_notes;
};

#endif
