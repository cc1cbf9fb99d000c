#include "input/parse.h"

#include "message.h"
#include "tap.h"

/* The value of a lone OBX with this OBX-2 and OBX-5; NULL: none. */
static const struct value *
value_of(const char *type, const char *field)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s|X|%s|A^B^L||%s||||||F\n",
	    MSH PID OBR "OBX", type, field);
	if (parse_text(text) != ST_OK ||
	    parsed.reports[0].panels[0].n_observations != 1)
		return NULL;
	return &parsed.reports[0].panels[0].observations[0].value;
}

/* OBX-2, OBX-5, and what becomes of them. */
static const struct {
	const char *type, *field;
	enum value_kind kind;
	const char *comparator, *number, *number2, *text;
	unsigned warnings;
} values[] = {
	{ "NM", "5.10", VALUE_QUANTITY, "", "5.10", "", "", 0 },
	{ "NM", "5,10", VALUE_QUANTITY, "", "5.10", "", "",
	    WARN_DECIMAL_COMMA },
	{ "NM", "+007.0", VALUE_QUANTITY, "", "7.0", "", "", 0 },
	{ "NM", "<0.5", VALUE_QUANTITY, "<", "0.5", "", "", 0 },
	{ "NM", ">= 100", VALUE_QUANTITY, ">=", "100", "", "", 0 },
	{ "NM", "5.0", VALUE_QUANTITY, "", "5.0", "", "", 0 },
	{ "NM", "5.00", VALUE_QUANTITY, "", "5.00", "", "", 0 },
	{ "NM", "0.10", VALUE_QUANTITY, "", "0.10", "", "", 0 },
	{ "NM", ".5", VALUE_QUANTITY, "", "0.5", "", "", 0 },
	{ "NM", "-0.50", VALUE_QUANTITY, "", "-0.50", "", "", 0 },
	{ "NM", "12345678901234567890.10", VALUE_QUANTITY, "",
	    "12345678901234567890.10", "", "", 0 },
	{ "NM", " 5 ", VALUE_QUANTITY, "", "5", "", "", 0 },
	{ "NM", "1 234", VALUE_TEXT, "", "", "", "1 234",
	    WARN_VALUE_TYPE },
	{ "NM", "5 mg", VALUE_TEXT, "", "", "", "5 mg",
	    WARN_VALUE_TYPE },
	{ "NM", "NaN", VALUE_TEXT, "", "", "", "NaN", WARN_VALUE_TYPE },
	{ "NM", "NEG", VALUE_TEXT, "", "", "", "NEG", WARN_VALUE_TYPE },
	{ "NM", "5~6", VALUE_TEXT, "", "", "", "5\n6",
	    WARN_VALUE_TYPE },
	{ "NM", "", VALUE_ABSENT, "", "", "", "", 0 },
	{ "NM", "\"\"", VALUE_ABSENT, "", "", "", "", 0 },
	{ "SN", "^5.10", VALUE_QUANTITY, "", "5.10", "", "", 0 },
	{ "SN", "<^10", VALUE_QUANTITY, "<", "10", "", "", 0 },
	{ "SN", ">=^10", VALUE_QUANTITY, ">=", "10", "", "", 0 },
	{ "SN", "<=^10.0", VALUE_QUANTITY, "<=", "10.0", "", "", 0 },
	{ "SN", ">^10", VALUE_QUANTITY, ">", "10", "", "", 0 },
	{ "SN", "=^10", VALUE_QUANTITY, "", "10", "", "", 0 },
	{ "SN", "^5,10", VALUE_QUANTITY, "", "5.10", "", "",
	    WARN_DECIMAL_COMMA },
	{ "SN", "^1.0^-^3.00", VALUE_RANGE, "", "1.0", "3.00", "", 0 },
	{ "SN", "^1^-", VALUE_TEXT, "", "", "", "1-", 0 },
	{ "SN", "^1^.^3", VALUE_TEXT, "", "", "", "1.3", 0 },
	{ "SN", "^1^x^3", VALUE_TEXT, "", "", "", "1x3", 0 },
	{ "SN", "~", VALUE_ABSENT, "", "", "", "", 0 },
	{ "SN", "^1^-^3", VALUE_RANGE, "", "1", "3", "", 0 },
	{ "SN", "^1^:^128", VALUE_RATIO, "", "1", "128", "", 0 },
	{ "SN", "^1^/^128", VALUE_RATIO, "", "1", "128", "", 0 },
	{ "SN", ">^1^:^128", VALUE_TEXT, "", "", "", ">1:128", 0 },
	{ "SN", "^2^+", VALUE_TEXT, "", "", "", "2+", 0 },
	{ "SN", "<>^5", VALUE_TEXT, "", "", "", "<>5", 0 },
	{ "SN", "^POS", VALUE_TEXT, "", "", "", "POS", 0 },
	{ "SN", "^5~>^6^-^7", VALUE_TEXT, "", "", "", "5\n>6-7",
	    WARN_VALUE_TYPE },
	{ "SN", "^^^", VALUE_ABSENT, "", "", "", "", 0 },
	{ "ST", " a ^ b ", VALUE_TEXT, "", "", "", " a ^ b", 0 },
	{ "ST", "a\\T\\b", VALUE_TEXT, "", "", "", "a&b", 0 },
	{ "TX", "one~two~~four", VALUE_TEXT, "", "", "",
	    "one\ntwo\n\nfour", 0 },
	{ "FT", "one\\.br\\  two", VALUE_TEXT, "", "", "",
	    "one\n  two", 0 },
	{ "DT", "20261121", VALUE_DATE_TIME, "", "", "", "2026-11-21", 0 },
	{ "TS", "202611210730", VALUE_DATE_TIME, "", "", "",
	    "2026-11-21T07:30:00+01:00", 0 },
	{ "DTM", "2026", VALUE_DATE_TIME, "", "", "", "2026", 0 },
	{ "DTM", "00000000", VALUE_TEXT, "", "", "", "00000000",
	    WARN_VALUE_TYPE | WARN_TIME },
	{ "TM", "0730", VALUE_TIME, "", "", "", "07:30:00", 0 },
	{ "TM", "0730+0100", VALUE_TEXT, "", "", "", "0730+0100",
	    WARN_VALUE_TYPE },
	{ "DR", "20261120^20261121", VALUE_PERIOD, "", "", "",
	    "2026-11-20", 0 },
	{ "DR", "x^y", VALUE_TEXT, "", "", "", "x^y",
	    WARN_VALUE_TYPE | WARN_TIME },
	{ "NR", "1^2.0", VALUE_RANGE, "", "1", "2.0", "", 0 },
	{ "NA", "1^2^3~4^5^6", VALUE_SAMPLED, "", "", "",
	    "1 2 3 4 5 6", 0 },
	{ "NA", "1^x", VALUE_TEXT, "", "", "", "1 x", 0 },
	{ "XPN", "DOE^JANE^^^DR", VALUE_TEXT, "", "", "", "DOE JANE DR",
	    0 },
	{ "CX", "12^^^A&B", VALUE_TEXT, "", "", "", "12 A&B", 0 },
	{ "RP", "http://x/y^app", VALUE_ABSENT, "", "", "", "",
	    WARN_ATTACHMENT },
	{ "TXT", "free", VALUE_TEXT, "", "", "", "free",
	    WARN_VALUE_TYPE },
	{ "NUM", "5", VALUE_TEXT, "", "", "", "5", WARN_VALUE_TYPE },
	{ "", "free", VALUE_TEXT, "", "", "", "free", WARN_VALUE_TYPE },
	{ "NM^^HL70125", "5", VALUE_QUANTITY, "", "5", "", "", 0 },
};

static void
test_values(void)
{
	for (size_t i = 0; i < COUNT(values); i++) {
		const struct value *v = value_of(values[i].type, values[i].field);

		ok(v != NULL && v->kind == values[i].kind &&
		    span_is(v->comparator, values[i].comparator) &&
		    (values[i].kind == VALUE_TEXT ||
		    (span_is(v->number, values[i].number) &&
		    span_is(v->number2, values[i].number2))) &&
		    span_is(v->text, values[i].text) &&
		    parsed.warnings == values[i].warnings,
		    "R22 %s \"%s\"", values[i].type, values[i].field);
	}
}

/* HL70125, each with what a LIS puts there (lis.md 2.2). */
static void
test_every_type(void)
{
	static const struct {
		const char *type, *field;
		enum value_kind kind;
		const char *text;	/* NULL: looked at elsewhere */
	} row[] = {
		{ "NM", "1", VALUE_QUANTITY, NULL },
		{ "SN", "^1", VALUE_QUANTITY, NULL },
		{ "ST", "a", VALUE_TEXT, "a" }, { "TX", "a~b", VALUE_TEXT, "a\nb" },
		{ "FT", "a\\.br\\b~c", VALUE_TEXT, "a\nb\nc" },
		{ "CE", "c^d^L", VALUE_CODED, NULL },
		{ "CWE", "c^d^L", VALUE_CODED, NULL },
		{ "CNE", "c^d^L", VALUE_CODED, NULL },
		{ "CF", "c^d^L", VALUE_CODED, NULL },
		{ "IS", "c", VALUE_CODED, NULL }, { "ID", "c", VALUE_CODED, NULL },
		{ "DT", "20261121", VALUE_DATE_TIME, "2026-11-21" },
		{ "TM", "07", VALUE_TIME, "07:00:00" },
		{ "TS", "20261121", VALUE_DATE_TIME, "2026-11-21" },
		{ "TS", "20261121000000^D", VALUE_DATE_TIME, "2026-11-21" },
		{ "DTM", "202611", VALUE_DATE_TIME, "2026-11" },
		{ "DR", "2025^2026", VALUE_PERIOD, "2025" },
		{ "NR", "1^2", VALUE_RANGE, NULL },
		{ "NR", "1^", VALUE_TEXT, "1" },
		{ "NA", "1^2", VALUE_SAMPLED, "1 2" },
		{ "MA", "1^2~3^4", VALUE_SAMPLED, "1 2 3 4" },
		{ "RP", "p^a", VALUE_ABSENT, "" },
		{ "XPN", "A^B~C^D", VALUE_TEXT, "A B\nC D" },
		{ "XCN", "1^A^B", VALUE_TEXT, "1 A B" },
		{ "XAD", "1 RUE^^PARIS^^75001", VALUE_TEXT, "1 RUE PARIS 75001" },
		{ "XON", "LABO^L", VALUE_TEXT, "LABO L" },
		{ "XTN", "01^PRN", VALUE_TEXT, "01 PRN" },
		{ "CX", "1^^^A", VALUE_TEXT, "1 A" },
		{ "EI", "1^A", VALUE_TEXT, "1 A" },
		{ "CP", "5&EUR^UP", VALUE_TEXT, "5&EUR UP" },
		{ "CQ", "5^mg", VALUE_TEXT, "5 mg" },
		{ "MO", "5^EUR", VALUE_TEXT, "5 EUR" },
		{ "PN", "A^B", VALUE_TEXT, "A B" },
		{ "CN", "1^A^B", VALUE_TEXT, "1 A B" },
		{ "AD", "1 RUE^^PARIS", VALUE_TEXT, "1 RUE PARIS" },
		{ "TN", "0102", VALUE_TEXT, "0102" },
		{ "CK", "1^2^M10", VALUE_TEXT, "1 2 M10" },
		{ "HD", "A^1.2^ISO", VALUE_TEXT, "A 1.2 ISO" },
		{ "SNM", "0102", VALUE_TEXT, "0102" },
		{ "TXT", "a^b", VALUE_TEXT, "a^b" },
		{ "NUM", "5", VALUE_TEXT, "5" },
		{ "\"\"", "a", VALUE_TEXT, "a" }, { "", "a", VALUE_TEXT, "a" },
		{ "nm", "5", VALUE_TEXT, "5" },
		{ "CWE^^HL70125", "c^d^L", VALUE_CODED, NULL },
		{ "SN~NM", "^1", VALUE_QUANTITY, NULL },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		const struct value *v = value_of(row[i].type, row[i].field);

		ok(v != NULL && v->kind == row[i].kind && (row[i].text == NULL ||
		    span_is(v->text, row[i].text)), "R22 type %s: \"%s\"",
		    row[i].type, row[i].field);
		v = value_of(row[i].type, "");
		ok(v != NULL && v->kind == VALUE_ABSENT,
		    "R22 type %s: nothing is nothing", row[i].type);
		v = value_of(row[i].type, "\"\"");
		ok(v != NULL && v->kind == VALUE_ABSENT,
		    "R22 type %s: \"\" is nothing", row[i].type);
	}
}

static void
test_codes(void)
{
	const struct value *v = value_of("CWE", "10828004^Positive^SCT^POS^Pos."
	    "^L^v1^v2^positif~260385009^Negative^SCT");

	ok(v != NULL && v->kind == VALUE_CODED && v->n_more == 1 &&
	    span_is(v->coded.code, "10828004") &&
	    span_is(v->coded.display, "Positive") &&
	    span_is(v->coded.system, "http://snomed.info/sct") &&
	    span_is(v->coded.alternate_code, "POS") &&
	    span_is(v->coded.alternate_display, "Pos.") &&
	    v->coded.alternate_system.len == 0 &&
	    span_is(v->coded.text, "positif") &&
	    span_is(v->more[0].code, "260385009"), "R22 CWE with two values");
	v = value_of("CE", "^^~^^");
	ok(v != NULL && v->kind == VALUE_CODED && v->n_more == 1,
	    "R22 CE with nothing in it");
	v = value_of("IS", "A+");
	ok(v != NULL && v->kind == VALUE_CODED && span_is(v->coded.code, "A+"),
	    "R22 IS is a code");
}

static void
test_code_systems(void)
{
	static const struct {
		const char *name, *uri;
	} row[] = {
		{ "LN", "http://loinc.org" },
		{ "2.16.840.1.113883.6.1", "http://loinc.org" },
		{ "UCUM", "http://unitsofmeasure.org" },
		{ "HL70078", "http://terminology.hl7.org/CodeSystem/v2-0078" },
		{ "1.2.250.1.213.2.12", "urn:oid:1.2.250.1.213.2.12" },
		{ "http://example.org/x", "http://example.org/x" },
		{ "urn:uuid:x", "urn:uuid:x" },
		{ "L", "" }, { "99USI", "" }, { "HL7nnnn", "" }, { "", "" },
		{ "LOINC", "" }, { "1.2.", "" }, { "3.1.2.3", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char field[128];
		const struct value *v;

		snprintf(field, sizeof(field), "c^d^%s", row[i].name);
		v = value_of("CE", field);
		ok(v != NULL && span_is(v->coded.system, row[i].uri),
		    "R22 coding system \"%s\"", row[i].name);
	}
}

static void
test_ranges(void)
{
	static const struct {
		const char *text, *low, *high;
	} row[] = {
		{ "3.9-5.5", "3.9", "5.5" }, { "3,9 - 5,5", "3.9", "5.5" },
		{ "< 5", "", "5" }, { ">=2", "2", "" }, { "-1-2", "-1", "2" },
		{ "-2--1", "-2", "-1" }, { "Negatif", "", "" }, { "", "", "" },
		{ "1-2-3", "", "" }, { "5", "", "" },
		{ "<9 mcg/dL: acceptable", "", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[512];
		const struct observation *o;

		snprintf(text, sizeof(text), "%sOBX|1|NM|A||5|g|%s||||F\n",
		    MSH PID OBR, row[i].text);
		if (!ok(parse_text(text) == ST_OK, "R22 range message"))
			continue;
		o = &parsed.reports[0].panels[0].observations[0];
		ok(span_is(o->range_text, row[i].text) &&
		    span_is(o->range_low, row[i].low) &&
		    span_is(o->range_high, row[i].high) &&
		    parsed.warnings == 0, "R22 range \"%s\"", row[i].text);
	}
}

static void
test_units(void)
{
	static const struct {
		const char *field, *unit, *ucum;
	} row[] = {
		{ "mmol/L", "mmol/L", "" },
		{ "ug/dL^micro-gram per deci-liter^UCUM", "ug/dL", "ug/dL" },
		{ "G/L^^L^10*9/L^^UCUM", "G/L", "10*9/L" },
		{ "^grammes", "grammes", "" }, { "", "", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		char text[512];
		const struct observation *o;

		snprintf(text, sizeof(text), "%sOBX|1|NM|A||5|%s|||||F\n",
		    MSH PID OBR, row[i].field);
		if (!ok(parse_text(text) == ST_OK, "R22 unit message"))
			continue;
		o = &parsed.reports[0].panels[0].observations[0];
		ok(span_is(o->unit, row[i].unit) &&
		    span_is(o->unit_ucum, row[i].ucum), "R22 unit \"%s\"",
		    row[i].field);
	}
}

int
main(void)
{
	source_init();
	test_values();
	test_every_type();
	test_codes();
	test_code_systems();
	test_ranges();
	test_units();
	arena_clear(&arena);
	return done_testing();
}
