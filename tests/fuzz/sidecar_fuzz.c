/* A sidecar and its PDF: a NUL in the input parts the two. */
#include "input/sidecar.h"

#include "fhir_check.h"

enum { ARENA_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config_source source = { .name = "fuzz", .production = true };
	const uint8_t *nul = len == 0 ? NULL : memchr(data, 0, len);
	size_t cut = nul == NULL ? len : (size_t)(nul - data);
	struct input_piece piece = { .bytes = span_slice(
	    (struct span){ data, len }, cut + 1, len) };
	struct input in = { .kind = &input_sidecar, .source = &source,
	    .bytes = span_slice((struct span){ data, len }, 0, cut),
	    .pieces = &piece, .n_pieces = nul != NULL };
	struct parsed parsed;
	struct arena arena;
	enum status st;

	arena_init(&arena, ARENA_BYTES);
	st = input_sidecar.parse(&in, 1795242615000u, &arena, &parsed);
	check_parsed(&input_sidecar, st, &parsed);
	arena_clear(&arena);
	return 0;
}
