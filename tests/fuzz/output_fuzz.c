/* What guichet-health looks for in intake's lines. */
#include "health/output.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span line = { data, len };
	uint64_t n = 7;

	if (output_is(line, "report") && len < sizeof("\"type\":\"report\"") - 1)
		abort();
	if (output_number(line, "connections", &n) ? n > 999999999999999999
	    : n != 7)
		abort();
	return 0;
}
