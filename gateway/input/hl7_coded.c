/* hl7_coded() and hl7_code_system() of hl7_context.h. */
#include "input/hl7_context.h"

#include "fhir/codes.h"

enum { SYSTEM_MAX = 128 };

/* HL70396 (coding systems) and well-known OIDs.  Only what is the same
 * thing under both names: a LIS's own table has no URI. */
static const struct {
	const char *name, *uri;
} systems[] = {
	{ "LN", SYSTEM_LOINC },
	{ "2.16.840.1.113883.6.1", SYSTEM_LOINC },
	{ "NABM", SYSTEM_NABM },
	{ "1.2.250.1.215.300.2", SYSTEM_NABM },
	{ "SCT", "http://snomed.info/sct" },
	{ "2.16.840.1.113883.6.96", "http://snomed.info/sct" },
	{ "UCUM", "http://unitsofmeasure.org" },
	{ "2.16.840.1.113883.6.8", "http://unitsofmeasure.org" },
	{ "I10", "http://hl7.org/fhir/sid/icd-10" },
	{ "ISO3166", "urn:iso:std:iso:3166" },
};

static bool
starts_with(struct span s, const char *text)
{
	return span_is(span_slice(s, 0, strlen(text)), text);
}

static bool
all_of(struct span s, const char *set)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == 0 || strchr(set, s.ptr[i]) == NULL)
			return false;
	return s.len > 0;
}

/* Copies `before` and `rest` together into the arena. */
static struct span
joined(struct hl7_context *c, const char *before, struct span rest)
{
	size_t max = strlen(before) + rest.len;
	struct buf out = buf_over(hl7_alloc(c, max, 1), max);

	if (out.ptr == NULL || buf_append_text(&out, before) != ST_OK ||
	    buf_append_span(&out, rest) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

static bool
is_oid(struct span s)
{
	return all_of(s, "0123456789.") && s.len > 4 && s.ptr[1] == '.' &&
	    s.ptr[0] <= '2' && s.ptr[s.len - 1] != '.';
}

/* See hl7_context.h. */
struct span
hl7_code_system(struct hl7_context *c, struct span name)
{
	for (size_t i = 0; i < COUNT(systems); i++)
		if (span_is(name, systems[i].name))
			return span_of(systems[i].uri);
	if (name.len == 0 || name.len > SYSTEM_MAX)
		return (struct span){ 0 };
	if (name.len == 7 && starts_with(name, "HL7") &&
	    all_of(span_slice(name, 3, 4), "0123456789"))
		return joined(c, "http://terminology.hl7.org/CodeSystem/v2-",
		    span_slice(name, 3, 4));
	if (is_oid(name))
		return joined(c, "urn:oid:", name);
	if (starts_with(name, "http://") || starts_with(name, "https://") ||
	    starts_with(name, "urn:"))
		return name;
	return (struct span){ 0 };
}

/* See hl7_context.h. */
struct coded
hl7_coded(struct hl7_context *c, struct span raw, uint8_t separator)
{
	struct span part[9] = { { 0 } };	/* CWE.1 to .9 */

	for (size_t i = 0; i < COUNT(part); i++)
		if (!hl7_next_piece(&raw, separator, &part[i]))
			break;
	return (struct coded){
		.code = hl7_text(c, part[0]),
		.display = hl7_text(c, part[1]),
		.system = hl7_code_system(c, hl7_text(c, part[2])),
		.alternate_code = hl7_text(c, part[3]),
		.alternate_display = hl7_text(c, part[4]),
		.alternate_system = hl7_code_system(c, hl7_text(c, part[5])),
		.text = hl7_text(c, part[8]),
	};
}

/* See hl7_context.h. */
bool
hl7_is_uncoded(const struct coded *coded)
{
	return coded->code.len + coded->display.len + coded->text.len +
	    coded->alternate_code.len + coded->alternate_display.len == 0;
}
