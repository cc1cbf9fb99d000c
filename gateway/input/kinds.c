#include "input/kinds.h"

#include "input/fhir_input.h"
#include "input/format.h"
#include "input/hprim.h"
#include "input/sidecar.h"

/* A row for each format of the configuration that has a parser. */
static const struct {
	enum source_format format;
	const struct input_kind *kind;
} kinds[] = {
	{ FORMAT_FHIR, &input_fhir },
	{ FORMAT_HL7, &input_hl7 },
	{ FORMAT_HPRIM_MEDECIN, &input_hprim_medecin },
	{ FORMAT_HPRIM_SANTE, &input_hprim_sante },
	{ FORMAT_SIDECAR, &input_sidecar },
};

static bool
starts(struct span s, const char *with)
{
	return span_is(span_slice(s, 0, strlen(with)), with);
}

/* See kinds.h. */
bool
kinds_is_attachment(struct span bytes)
{
	/* TIFF 6.0 section 2: byte order, then 42 in that order. */
	static const uint8_t little[] = { 'I', 'I', 42, 0 };
	static const uint8_t big[] = { 'M', 'M', 0, 42 };
	struct span magic = span_slice(bytes, 0, sizeof(little));

	return starts(bytes, "%PDF-") ||
	    span_equal(magic, (struct span){ little, sizeof(little) }) ||
	    span_equal(magic, (struct span){ big, sizeof(big) });
}

/* See kinds.h. */
enum status
kinds_find(const struct config_source *source, struct span bytes,
    const struct input_kind **kind)
{
	enum source_format format = source->format;

	if (kinds_is_attachment(bytes))
		return ST_NOT_FOUND;
	if (format == FORMAT_AUTO)
		format = format_detect(bytes);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].format != format)
			continue;
		*kind = kinds[i].kind;
		return ST_OK;
	}
	return ST_UNSUPPORTED;
}
