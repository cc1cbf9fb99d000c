/* A whole body to reports, and its answer.  The first byte sets the source
 * up and how much memory there is. */
#include "input/fhir_input.h"

#include "fhir_check.h"

enum { ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config_source source = { .name = "fuzz",
	    .card_system = "urn:guichet:card",
	    .patient_identifiers = "PI, MR, PT" };
	uint8_t setting = len > 0 ? data[0] : 0;
	struct input in = {
		.kind = (setting & 1) != 0 ? &input_fhir_document : &input_fhir,
		.source = &source,
		.bytes = span_slice((struct span){ data, len }, 1, len),
	};
	struct parsed parsed;
	struct arena arena;
	enum status st;

	source.production = (setting & 2) == 0;
	arena_init(&arena, (setting & 0x80) != 0 ?
	    (size_t)(setting & 0x7c) * 512 : ARENA_BYTES);
	st = in.kind->parse(&in, 1795242615000u, &arena, &parsed);
	check_parsed(in.kind, st, &parsed);
	arena_clear(&arena);
	return 0;
}
