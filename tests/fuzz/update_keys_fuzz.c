/* update_keys_fuzz -- any bytes as the keys of an image: what is taken is 1 to
 * 4 points, and as many lines of as many digits. */
#include <stdlib.h>

#include "base/hex.h"
#include "supervisor/update_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

/* The digits of the point again, whatever their case was. */
static void
check_point(struct span point, const uint8_t *line)
{
	uint8_t digits[2 * UPDATE_KEY_BYTES];
	struct buf out = buf_over(digits, sizeof(digits));

	must(point.ptr[0] == 4 && hex_encode(point, &out) == ST_OK);
	for (size_t i = 0; i < sizeof(digits); i++)
		must(digits[i] == line[i] || (line[i] >= 'A' &&
		    line[i] <= 'F' && digits[i] == (line[i] | ' ')));
	must(line[sizeof(digits)] == '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct update_keys keys;
	size_t n;

	if (update_keys_parse((struct span){ data, len }, &keys) != ST_OK)
		return 0;
	n = keys.len / UPDATE_KEY_BYTES;
	must(n >= 1 && n <= UPDATE_KEYS_MAX && keys.len % UPDATE_KEY_BYTES ==
	    0 && len == n * (2 * UPDATE_KEY_BYTES + 1));
	for (size_t i = 0; i < n; i++)
		check_point((struct span){ keys.bytes + i * UPDATE_KEY_BYTES,
		    UPDATE_KEY_BYTES }, data + i * (2 * UPDATE_KEY_BYTES + 1));
	return 0;
}
