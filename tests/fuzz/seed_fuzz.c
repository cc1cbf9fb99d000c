/* The archive of the seed partition: whatever is taken lies in it. */
#include <stdint.h>
#include <stdlib.h>

#include "init/seed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct seed seed;
	unsigned n = 0;

	if (seed_read((struct span){ data, len }, &seed) != ST_OK)
		return 0;
	for (size_t i = 0; i < SEED_FILES; i++) {
		struct span f = seed.file[i];

		if (f.ptr == NULL)
			continue;
		n++;
		if (f.len == 0 || f.len > seed_names[i].most || f.ptr < data ||
		    f.ptr + f.len > data + len)
			abort();
	}
	if (n != seed.n)
		abort();
	return 0;
}
