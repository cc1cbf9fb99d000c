/* Texts, codes and values of an HPRIM file: see hprim.h. */
#include "input/hprim.h"

#include "input/hl7_value.h"
#include "wire/utf16.h"

enum { RANGE_MAX = 64 };	/* bytes; longer is prose */

static const char paris[] = "CET-1CEST,M3.5.0,M10.5.0/3";

/* --- the character set --------------------------------------------------- */

static const enum charset pinned[] = {
	[CHARSET_UTF8] = CHARSET_IS_UTF8,
	[CHARSET_LATIN1] = CHARSET_IS_WINDOWS1252,
	[CHARSET_LATIN9] = CHARSET_IS_LATIN9,
	[CHARSET_WINDOWS1252] = CHARSET_IS_WINDOWS1252,
	[CHARSET_CP850] = CHARSET_IS_CP850,
	[CHARSET_MACROMAN] = CHARSET_IS_MACROMAN,
};

/* HPRIM has no field that would say it: 7 bits or ISO-8859-1 by the
 * standard, and in the field whatever the LIS was written on. */
static void
set_charset(struct hprim *h)
{
	enum charset_choice choice = h->c.source->charset;

	if (choice != CHARSET_AUTO && !charset_has_mark(h->file)) {
		h->c.charset = pinned[choice];
		if (h->c.charset != CHARSET_IS_UTF8 || charset_is_utf8(h->file))
			return;
		h->c.warnings |= WARN_CHARSET;
	}
	if (charset_detect(h->file, (struct span){ 0 }, &h->c.charset) != ST_OK)
		h->c.warnings |= WARN_CHARSET;
}

static enum status
from_utf16(struct hprim *h)
{
	size_t max = utf16_most(h->in->bytes.len);
	struct buf out = buf_over(hl7_alloc(&h->c, max, 1), max);

	if (out.ptr == NULL)
		return ST_TOO_BIG;
	TRY(utf16_to_utf8(h->in->bytes, &out));
	h->file = buf_span(&out);
	h->c.charset = CHARSET_IS_UTF8;
	return ST_OK;
}

/* See hprim.h. */
enum status
hprim_open(struct hprim *h)
{
	/* The configuration has checked it; a source without one is Paris. */
	if (zone_parse(span_of(h->c.source->timezone), &h->c.zone) !=
	    ST_OK && zone_parse(span_of(paris), &h->c.zone) != ST_OK)
		h->c.zone = (struct zone){ 0 };
	if (utf16_is(h->in->bytes))
		return from_utf16(h);
	h->file = h->in->bytes;
	set_charset(h);
	return ST_OK;
}

/* --- prose and codes ----------------------------------------------------- */

/* See hprim.h. */
struct span
hprim_prose(struct hprim *h, struct span field)
{
	uint8_t *copy;

	if (memchr(field.len == 0 ? (const uint8_t *)"" : field.ptr,
	    h->c.d.component, field.len) == NULL)
		return hl7_prose(&h->c, field);
	copy = hl7_alloc(&h->c, field.len, 1);
	for (size_t i = 0; copy != NULL && i < field.len; i++)
		copy[i] = field.ptr[i] == h->c.d.component ? h->c.d.repetition
		    : field.ptr[i];
	return copy == NULL ? (struct span){ 0 }
	    : hl7_prose(&h->c, (struct span){ copy, field.len });
}

/* Only tables that are the same thing everywhere have a URI. */
static struct span
system_of(struct span table, struct span otherwise)
{
	static const struct {
		const char *table, *uri;
	} row[] = {
		{ "LOINC", "http://loinc.org" }, { "LN", "http://loinc.org" },
		{ "NABM", "https://smt.esante.gouv.fr/terminologie-nabm" },
		{ "1.2.250.1.215.300.2",
		    "https://smt.esante.gouv.fr/terminologie-nabm" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(table, row[i].table))
			return span_of(row[i].uri);
	return otherwise;
}

/* See hprim.h. */
struct coded
hprim_coded(struct hprim *h, struct span repetition)
{
	struct coded c = hl7_coded(&h->c, repetition, h->c.d.component);

	c.system = system_of(hl7_text(&h->c,
	    hl7_component(repetition, &h->c.d, 3)), c.system);
	c.alternate_system = system_of(hl7_text(&h->c,
	    hl7_component(repetition, &h->c.d, 6)), c.alternate_system);
	return c;
}

/* --- values -------------------------------------------------------------- */

/* See hprim.h. */
void
hprim_range(struct hprim *h, struct span text, struct span *low,
    struct span *high)
{
	unsigned warnings = h->c.warnings;

	while (text.len > 0 && text.ptr[0] == ' ')
		text = span_slice(text, 1, text.len);
	*low = *high = (struct span){ 0 };
	if (text.len > 1 && text.len <= RANGE_MAX) {
		if (text.ptr[0] == '-')
			*high = hl7_number(&h->c, span_slice(text, 1, text.len));
		else if (text.ptr[text.len - 1] == '-')
			*low = hl7_number(&h->c,
			    span_slice(text, 0, text.len - 1));
	}
	h->c.warnings = warnings;	/* the text stands beside it anyway */
	if (low->len + high->len == 0)
		hl7_range(&h->c, text, low, high);
}

/* 10.3 and the type of HL70125 that reads it.  The standard's texts and
 * couples are words; its CNA is a person. */
static const struct {
	const char *hprim, *hl7;
} types[] = {
	{ "NM", "NM" }, { "ST", "ST" }, { "CE", "CE" }, { "DT", "DT" },
	{ "TS", "TS" }, { "TM", "TM" }, { "AD", "AD" }, { "CK", "CK" },
	{ "CNA", "CN" }, { "CN", "CN" }, { "PN", "PN" }, { "TN", "TN" },
	{ "GC", "CP" }, { "GB", "ST" }, { "GN", "ST" }, { "STC", "ST" },
	{ "SPC", "ST" }, { "SN", "SN" },
};

/* See hprim.h. */
struct value
hprim_value(struct hprim *h, struct span type, struct span field)
{
	struct span code = hl7_code(&h->c, type);
	struct value v;

	if (!span_is(code, "TX") && !span_is(code, "FT")) {
		for (size_t i = 0; i < COUNT(types); i++)
			if (span_is(code, types[i].hprim))
				return hl7_value(&h->c, span_of(types[i].hl7),
				    field);
		return hl7_value(&h->c, type, field);
	}
	v = (struct value){ .kind = VALUE_TEXT, .text = hprim_prose(h, field) };
	if (v.text.len == 0)
		v.kind = VALUE_ABSENT;
	return v;
}
