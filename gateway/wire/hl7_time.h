/*
 * hl7_time.h -- HL7 times (TS, DTM, DT, TM; HL7 v2.5.1 section 2.A.22) to
 * FHIR date, dateTime and time, and to epoch milliseconds.
 *
 * The precision that was given is kept; what is no time is no time, never
 * the nearest one.
 */
#ifndef WIRE_HL7_TIME_H
#define WIRE_HL7_TIME_H

#include "base/zone.h"

enum hl7_precision {
	HL7_YEAR, HL7_MONTH, HL7_DAY, HL7_HOUR, HL7_MINUTE, HL7_SECOND
};

enum { HL7_FRACTION_MAX = 9, HL7_TIME_TEXT_MAX = 40 };

struct hl7_time {
	enum hl7_precision precision;
	int year, month, day, hour, minute, second;
	uint8_t fraction[HL7_FRACTION_MAX];	/* its digits */
	size_t fraction_len;
	bool has_offset;
	int  offset_s;		/* east of UTC */
};

/*
 * Reads YYYY[MM[DD[HH[MM[SS[.S...]]]]]][+/-ZZZZ].
 * ST_OK; ST_NOT_FOUND where `text` is empty or blank; ST_MALFORMED,
 * "00000000" and the 30th of February included.
 */
MUST_CHECK enum status hl7_time_read(struct span text, struct hl7_time *time);

/*
 * Takes away what is finer than `degree`, the second component of a TS before
 * 2.5: "Y", "L" (month), "D", "H", "M" or "S" (HL7 v2.2 section 2.8.10).
 * Anything else leaves the time as it is.
 */
void hl7_time_limit(struct hl7_time *time, struct span degree);

/* True for an hour and minute without an offset that `zone` has twice or not
 * at all; hl7_time_write() takes the first, or standard time. */
bool hl7_time_is_ambiguous(const struct hl7_time *time,
    const struct zone *zone);

/* Appends a FHIR dateTime, at most HL7_TIME_TEXT_MAX bytes; a time without
 * an offset is local time in `zone`.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status hl7_time_write(const struct hl7_time *time,
    const struct zone *zone, struct buf *out);

/* The same, but only year, month and day: a birth date. */
MUST_CHECK enum status hl7_time_write_date(const struct hl7_time *time,
    struct buf *out);

/* Epoch milliseconds of the first instant `time` may mean; 0 before 1970. */
uint64_t hl7_time_ms(const struct hl7_time *time, const struct zone *zone);

/*
 * Appends the FHIR time ("07:30:00") of a TM, HH[MM[SS[.S...]]].
 * ST_OK, ST_NOT_FOUND, ST_MALFORMED, ST_NO_SPACE; ST_UNSUPPORTED where it
 * has an offset, which FHIR's time cannot say.
 */
MUST_CHECK enum status hl7_clock_write(struct span text, struct buf *out);

/* Appends an HL7 TS of an instant, "20261121073000+0100", for MSH-7. */
MUST_CHECK enum status hl7_time_from_ms(uint64_t epoch_ms,
    const struct zone *zone, struct buf *out);

#endif
