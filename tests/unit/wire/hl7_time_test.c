#include "wire/hl7_time.h"

#include <stdlib.h>
#include <time.h>

#include "tap.h"

static struct zone paris, utc;

static void
test_date_times(void)
{
	static const struct {
		const char *text, *fhir;	/* fhir NULL: malformed */
	} row[] = {
		{ "2026", "2026" },
		{ "202611", "2026-11" },
		{ "20261121", "2026-11-21" },
		{ "2026112107", "2026-11-21T07:00:00+01:00" },
		{ "202611210730", "2026-11-21T07:30:00+01:00" },
		{ "20261121073015", "2026-11-21T07:30:15+01:00" },
		{ "20261121073015.1", "2026-11-21T07:30:15.1+01:00" },
		{ "20261121073015.1234", "2026-11-21T07:30:15.1234+01:00" },
		{ "20260721073015", "2026-07-21T07:30:15+02:00" },
		{ "20261121073015+0000", "2026-11-21T07:30:15+00:00" },
		{ "20261121073015-0530", "2026-11-21T07:30:15-05:30" },
		{ "20261121+0100", "2026-11-21" },
		{ " 20261121 ", "2026-11-21" },
		{ "20240229", "2024-02-29" },
		{ "20000229", "2000-02-29" },
		{ "20261231235960", "2026-12-31T23:59:60+01:00" },
		/* the hour that does not come, and the one that comes twice */
		{ "20260329013000", "2026-03-29T01:30:00+01:00" },
		{ "20260329023000", "2026-03-29T02:30:00+01:00" },
		{ "20260329030000", "2026-03-29T03:00:00+02:00" },
		{ "20261025015959", "2026-10-25T01:59:59+02:00" },
		{ "20261025023000", "2026-10-25T02:30:00+02:00" },
		{ "20261025030000", "2026-10-25T03:00:00+01:00" },
		{ "00000000", NULL }, { "0000", NULL }, { "20260230", NULL },
		{ "20261301", NULL }, { "20260001", NULL }, { "20260100", NULL },
		{ "2026112124", NULL }, { "202611210760", NULL },
		{ "20261121073061", NULL }, { "20261", NULL }, { "202", NULL },
		{ "20261121073015.", NULL }, { "20261121073015.1234567890", NULL },
		{ "20261121073015+01", NULL }, { "20261121073015+1500", NULL },
		{ "20261121073015Z", NULL }, { "2026-11-21", NULL },
		{ "20261121 0730", NULL }, { "hier", NULL },
		{ "19000229", NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[HL7_TIME_TEXT_MAX];
		struct buf out = buf_over(text, sizeof(text));
		struct hl7_time t;
		enum status st = hl7_time_read(span_of(row[i].text), &t);

		if (row[i].fhir == NULL)
			ok(st == ST_MALFORMED, "R26 no time: %s", row[i].text);
		else
			ok(st == ST_OK && hl7_time_write(&t, &paris, &out) ==
			    ST_OK && span_is(buf_span(&out), row[i].fhir),
			    "R26 %s is %s", row[i].text, row[i].fhir);
	}
}

static void
test_absent_and_full(void)
{
	struct hl7_time t;
	uint8_t text[12];
	struct buf out = buf_over(text, sizeof(text));

	ok(hl7_time_read(span_of(""), &t) == ST_NOT_FOUND &&
	    hl7_time_read(span_of("  "), &t) == ST_NOT_FOUND, "R26 absent");
	ok(hl7_time_read(span_of("20261121073015"), &t) == ST_OK &&
	    hl7_time_write(&t, &paris, &out) == ST_NO_SPACE && out.len == 0,
	    "R26 a full buffer is left as it was");
	ok(hl7_time_write_date(&t, &out) == ST_OK &&
	    span_is(buf_span(&out), "2026-11-21"), "R26 only the date");
}

static uint64_t
ms_of(const char *text)
{
	struct hl7_time t;

	return hl7_time_read(span_of(text), &t) == ST_OK
	    ? hl7_time_ms(&t, &paris) : 1;
}

static void
test_milliseconds(void)
{
	ok(ms_of("19700101000000+0000") == 0, "R26 the epoch");
	ok(ms_of("19691231") == 0, "R26 nothing before it");
	ok(ms_of("20261121073015.5+0100") == 1795242615500, "R26 half a second");
	ok(ms_of("20261121073015") == 1795242615000, "R26 Paris");
	ok(ms_of("20260329023000") == ms_of("20260329033000"),
	    "R26 an hour that does not come");
	ok(ms_of("20261025023000") < ms_of("20261025023000+0100"),
	    "R26 an hour that comes twice is the first");
}

/* The degree of precision that a TS had up to 2.4. */
static void
test_degrees(void)
{
	static const struct {
		const char *text, *degree, *fhir;
	} row[] = {
		{ "19880705000000", "D", "1988-07-05" },
		{ "19880705000000", "L", "1988-07" },
		{ "19880705000000", "Y", "1988" },
		{ "19880705123456.78", "H", "1988-07-05T12:00:00+02:00" },
		{ "19880705123456.78", "M", "1988-07-05T12:34:00+02:00" },
		{ "19880705123456.78", "S", "1988-07-05T12:34:56.78+02:00" },
		{ "1988", "D", "1988" },
		{ "19880705123456", "", "1988-07-05T12:34:56+02:00" },
		{ "19880705123456", "X", "1988-07-05T12:34:56+02:00" },
		{ "19880705123456", "20260101", "1988-07-05T12:34:56+02:00" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[HL7_TIME_TEXT_MAX];
		struct buf out = buf_over(text, sizeof(text));
		struct hl7_time t;

		if (!ok(hl7_time_read(span_of(row[i].text), &t) == ST_OK,
		    "R26 %s is a time", row[i].text))
			continue;
		hl7_time_limit(&t, span_of(row[i].degree));
		ok(hl7_time_write(&t, &paris, &out) == ST_OK &&
		    span_is(buf_span(&out), row[i].fhir),
		    "R26 %s to degree \"%s\" is %s", row[i].text,
		    row[i].degree, row[i].fhir);
	}
}

static void
test_ambiguous(void)
{
	static const struct {
		const char *text;
		bool ambiguous;
	} row[] = {
		{ "20260329015959", false }, { "20260329020000", true },
		{ "20260329025959", true }, { "20260329030000", false },
		{ "20261025015959", false }, { "20261025020000", true },
		{ "20261025025959", true }, { "20261025030000", false },
		{ "20261025023000+0100", false }, { "20261025", false },
		{ "20260701120000", false }, { "20260101120000", false },
		{ "2026102502", true },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct hl7_time t = { 0 };

		ok(hl7_time_read(span_of(row[i].text), &t) == ST_OK &&
		    hl7_time_is_ambiguous(&t, &paris) == row[i].ambiguous &&
		    !hl7_time_is_ambiguous(&t, &utc), "R26 %s is %s",
		    row[i].text, row[i].ambiguous
		    ? "an hour that comes twice or never" : "one instant");
	}
}

static void
test_clock(void)
{
	static const struct {
		const char *text;
		enum status st;
		const char *fhir;
	} row[] = {
		{ "07", ST_OK, "07:00:00" }, { "0730", ST_OK, "07:30:00" },
		{ "073015.25", ST_OK, "07:30:15.25" },
		{ "0730+0100", ST_UNSUPPORTED, "" }, { "", ST_NOT_FOUND, "" },
		{ "2400", ST_MALFORMED, "" }, { "7", ST_MALFORMED, "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[HL7_TIME_TEXT_MAX];
		struct buf out = buf_over(text, sizeof(text));

		ok(hl7_clock_write(span_of(row[i].text), &out) == row[i].st &&
		    span_is(buf_span(&out), row[i].fhir), "R26 TM \"%s\"",
		    row[i].text);
	}
}

static void
test_rules(void)
{
	static const struct {
		const char *rule;
		enum status st;
	} row[] = {
		{ "UTC0", ST_OK }, { "CET-1", ST_OK }, { "<+03>-3", ST_OK },
		{ "NST3:30NDT,M3.2.0,M11.1.0", ST_OK },
		{ "NZST-12NZDT,M9.5.0,M4.1.0/3", ST_OK },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", ST_OK },
		{ "CET-1CEST,J60,J300", ST_UNSUPPORTED },
		{ "", ST_MALFORMED }, { "CET", ST_MALFORMED },
		{ "C-1", ST_MALFORMED }, { "CET-1CEST", ST_MALFORMED },
		{ "CET-1CEST,M3.5.0", ST_MALFORMED },
		{ "CET-1CEST,M13.5.0,M10.5.0", ST_MALFORMED },
		{ "CET-1CEST,M3.0.0,M10.5.0", ST_MALFORMED },
		{ "CET-1CEST,M3.5.0,M10.5.0x", ST_MALFORMED },
		{ "CET-25", ST_MALFORMED }, { "Europe/Paris", ST_MALFORMED },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct zone zone;

		ok(zone_parse(span_of(row[i].rule), &zone) == row[i].st,
		    "R26 rule \"%s\"", row[i].rule);
	}
}

/* The C library knows POSIX rules too: every half hour of four years agrees. */
static void
test_against_the_library(const char *rule)
{
	struct zone zone;
	int wrong = 0;

	setenv("TZ", rule, 1);
	tzset();
	if (zone_parse(span_of(rule), &zone) != ST_OK)
		wrong++;
	for (time_t at = 1704067200; at < 1835000000; at += 1800) {
		uint8_t text[HL7_TIME_TEXT_MAX];
		struct buf out = buf_over(text, sizeof(text));
		char expected[64];
		struct tm tm;

		localtime_r(&at, &tm);
		strftime(expected, sizeof(expected), "%Y%m%d%H%M%S%z", &tm);
		wrong += hl7_time_from_ms((uint64_t)at * 1000, &zone, &out) !=
		    ST_OK || !span_is(buf_span(&out), expected);
	}
	ok(wrong == 0, "R26 as the C library: %s (%d differ)", rule, wrong);
}

int
main(void)
{
	(void)!(zone_parse(span_of("CET-1CEST,M3.5.0,M10.5.0/3"), &paris) ||
	    zone_parse(span_of("UTC0"), &utc));
	test_date_times();
	test_absent_and_full();
	test_milliseconds();
	test_degrees();
	test_ambiguous();
	test_clock();
	test_rules();
	test_against_the_library("CET-1CEST,M3.5.0,M10.5.0/3");
	test_against_the_library("UTC0");
	test_against_the_library("NZST-12NZDT,M9.5.0,M4.1.0/3");
	test_against_the_library("NST3:30NDT,M3.2.0,M11.1.0");
	return done_testing();
}
