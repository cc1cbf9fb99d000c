#include "input/format.h"

#include "tap.h"

#define LETTER "1\nM\nZ\n\n\n\n28/03/1979\n\n1\n21/11/2026\nL\nD\n"

static void
test_formats(void)
{
	static const struct {
		const char *text;
		enum source_format format;
		const char *what;
	} row[] = {
		{ "MSH|^~\\&|A", FORMAT_HL7, "HL7 v2" },
		{ "\xef\xbb\xbf\r\nMSH|^~\\&|A", FORMAT_HL7,
		    "HL7 v2 behind a mark and a line end" },
		{ "\x0bMSH|^~\\&|A", FORMAT_HL7, "HL7 v2 behind a VT" },
		{ "FHS|^~\\&|A", FORMAT_HL7, "a file of HL7 batches" },
		{ "BHS|^~\\&|A", FORMAT_HL7, "a batch of HL7" },
		{ "H|~^\\&|A", FORMAT_HPRIM_SANTE, "HPRIM Sante" },
		{ "H|^~&\\|A", FORMAT_HPRIM_SANTE, "with other delimiters" },
		{ "\xef\xbb\xbfH|\\^&~|A", FORMAT_HPRIM_SANTE, "behind a mark" },
		{ "H|~~\\&|A", FORMAT_HPRIM_SANTE, "with wrong ones" },
		{ "1\n2\n****FIN****\n", FORMAT_HPRIM_MEDECIN,
		    "HPRIM Medecin that is too short" },
		{ LETTER, FORMAT_HPRIM_MEDECIN, "HPRIM Medecin by its dates" },
		{ "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n8\r\n9\r\n10\r\n11\r\n"
		    "12\r\n****FIN****\r\n", FORMAT_HPRIM_MEDECIN,
		    "HPRIM Medecin by its tag" },
		{ "{\"resourceType\":\"Bundle\"}", FORMAT_FHIR, "FHIR" },
		{ " \n{ \"id\" : \"x\\\"{\", \"resourceType\" : \"Bundle\" }",
		    FORMAT_FHIR, "FHIR, wherever its type stands" },
		{ "{\"meta\":{\"resourceType\":1},\"file\":\"a.pdf\"}",
		    FORMAT_SIDECAR, "a sidecar: deeper down it is no type" },
		{ "{\"file\":\"resourceType\"}", FORMAT_SIDECAR,
		    "a sidecar: a value is no key" },
		{ "{}", FORMAT_SIDECAR, "an empty object" },
		{ "{", FORMAT_SIDECAR, "half an object" },
		{ "{\"resourceType", FORMAT_SIDECAR, "half a key" },
		{ "{\"a\\", FORMAT_SIDECAR, "half an escape" },
		{ "}{\"resourceType\":1}", FORMAT_AUTO, "no object" },
		{ "[]", FORMAT_AUTO, "an array" },
		{ "", FORMAT_AUTO, "nothing" },
		{ "H", FORMAT_AUTO, "a letter" },
		{ "Hello", FORMAT_AUTO, "a word" },
		{ "MSH", FORMAT_AUTO, "a name" },
		{ "%PDF-1.4", FORMAT_AUTO, "a PDF" },
		{ "<Bundle xmlns=\"http://hl7.org/fhir\"/>", FORMAT_AUTO,
		    "XML" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(format_detect(span_of(row[i].text)) == row[i].format, "%s",
		    row[i].what);
}

static enum source_format
wide(const char *text)
{
	uint8_t bytes[2048] = { 0xff, 0xfe };
	size_t n = 2;

	for (; *text != '\0'; text++, n += 2)
		bytes[n] = (uint8_t)*text;
	return format_detect((struct span){ bytes, n });
}

static void
test_utf16(void)
{
	ok(wide("H|~^\\&|A\rL|1\r") == FORMAT_HPRIM_SANTE,
	    "R37 HPRIM Sante in UTF-16");
	ok(wide(LETTER) == FORMAT_HPRIM_MEDECIN, "R37 HPRIM Medecin in UTF-16");
	ok(wide("hello") == FORMAT_AUTO && wide("") == FORMAT_AUTO,
	    "anything else in UTF-16");
}

int
main(void)
{
	test_formats();
	test_utf16();
	return done_testing();
}
