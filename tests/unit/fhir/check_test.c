#include "fhir/check.h"

#include "tap.h"

#define EACH(predicate, expected, ...)                                  \
	do {                                                            \
		static const char *const text_[] = { __VA_ARGS__ };     \
		for (size_t i_ = 0; i_ < COUNT(text_); i_++)            \
			ok(predicate(span_of(text_[i_])) == (expected), \
			    #predicate " %s row %zu",                   \
			    (expected) ? "takes" : "refuses", i_);      \
	} while (0)

static void
test_numbers(void)
{
	EACH(fhir_is_number, true, "0", "-0", "5.10", "-0.5", "10", "1e3",
	    "1E-3", "123456789012345678901234567890");
	EACH(fhir_is_number, false, "", "-", "+1", "01", "1.", ".5", "1,5",
	    "0x1", "NaN", "1e", "1 ", " 1", "--1", "1.2.3");
}

static void
test_codes(void)
{
	EACH(fhir_is_code, true, "A", "A B", "14749-6", "é");
	EACH(fhir_is_code, false, "", " ", " A", "A ", "A  B", "A\tB", "A\n");
}

static void
test_uris(void)
{
	EACH(fhir_is_uri, true, "urn:oid:1.2", "http://loinc.org");
	EACH(fhir_is_uri, false, "", "L", ":", "99", "urn: x", "a:\"",
	    "a:<b>", "é:x");
}

static void
test_times(void)
{
	EACH(fhir_is_date, true, "2026", "2026-11", "2026-11-21");
	EACH(fhir_is_date, false, "", "20", "2026-", "2026-13", "2026-1",
	    "2026-11-32", "0000", "20261121", "2026-11-21T", "2026-11-211");
	EACH(fhir_is_instant, true, "2026-11-21T07:30:00Z",
	    "2026-11-21T07:30:00+01:00", "2026-11-21T07:30:00.1234-05:30");
	EACH(fhir_is_instant, false, "2026-11-21", "2026-11-21T07:30",
	    "2026-11-21T07:30:00", "2026-11-21T24:00:00Z",
	    "2026-11-21T07:30:00.Z", "2026-11-21T07:30:00+0100",
	    "2026-11-21 07:30:00Z", "2026-11-21T07:30:00+15:00");
	EACH(fhir_is_date_time, true, "2026", "2026-11-21T07:30:00Z");
	EACH(fhir_is_date_time, false, "", "2026-11-21T07:30Z");
	EACH(fhir_is_time, true, "07:30:00", "23:59:60", "07:30:00.5");
	EACH(fhir_is_time, false, "", "07:30", "073000", "24:00:00",
	    "07:30:00Z", "07:30:0", "07:30:00.");
}

static void
test_blanks(void)
{
	EACH(fhir_is_blank, true, "", " ", "\t\r\n", "\x01\x7f");
	EACH(fhir_is_blank, false, "a", " a ", "\xc2\xb5", "\xc2", "\xe2\x80");
	EACH(fhir_is_blank, true, "\xc2\xa0", " \xe2\x80\xaf\n\xe3\x80\x80",
	    "\xef\xbb\xbf");
}

int
main(void)
{
	test_numbers();
	test_codes();
	test_uris();
	test_times();
	test_blanks();
	return done_testing();
}
