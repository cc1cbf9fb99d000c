/* Hold lists: the first line is a list, the rest the label of a result.  What
 * the list takes must find the label or not, in bounded time, and never read
 * beyond either. */
#include <stdlib.h>

#include "input/hold.h"
#include "config/codes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct config config;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { data, size };
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	size_t len = end == NULL ? size : (size_t)(end - data);
	struct span label = span_slice(all, len + 1, size);
	struct coded code = { .code = span_slice(label, 0, 8),
	    .display = label, .alternate_code = label, .text = label };
	struct codes_text folded;

	codes_fold(label, &folded);
	if (folded.len > CODES_TEXT_MAX || (folded.len > 0 &&
	    !codes_match((struct span){ (const uint8_t *)"*", 1 }, &folded)))
		abort();
	if (len >= sizeof(config.hold[0].codes) || memchr(data, 0, len) ||
	    codes_check(span_slice(all, 0, len)) != ST_OK)
		return 0;
	memset(config.hold[0].codes, 0, sizeof(config.hold[0].codes));
	memcpy(config.hold[0].codes, data, len);
	config.n_holds = 1;
	(void)hold_find(&config, &code);
	return 0;
}
