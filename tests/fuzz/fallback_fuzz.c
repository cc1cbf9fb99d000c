/* The site's file that was refused, and the configuration that the box runs on
 * instead: the image's, but nobody may send.  Up to the first NUL it is the
 * image's file, which is a configuration, that is varied too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "init/fallback.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t bytes[1 << 16];
	static struct config c;
	struct span all = { data, len };
	const uint8_t *nul = len == 0 ? NULL : memchr(data, 0, len);
	size_t n = nul == NULL ? 0 : (size_t)(nul - data);
	struct span image = span_slice(all, 0, n);
	struct buf out = buf_over(bytes, sizeof(bytes));
	struct config_error error;

	if (config_parse(&c, image, &error) != ST_OK)
		return 0;
	if (fallback_write(image, span_slice(all, n, len), &out) != ST_OK)
		return 0;
	if (config_parse(&c, buf_span(&out), &error) != ST_OK ||
	    strcmp(c.mllp_listen, "none") != 0 ||
	    strcmp(c.mllps_listen, "none") != 0 ||
	    strcmp(c.fhir_listen, "none") != 0)
		abort();
	return 0;
}
