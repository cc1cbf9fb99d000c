/* Every decoder: the first byte picks the message, the rest is its body.
 * What decodes must encode to the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span body = { data + 1, len - 1 };
	struct message m;
	struct buf out;

	if (len == 0)
		return 0;
	if (message_decode(&m, data[0], body) != ST_OK)
		return 0;
	out = buf_over(malloc(len), len);
	if (message_encode(&m, &out) != ST_OK ||
	    !span_equal(buf_span(&out), body))
		abort();
	free(out.ptr);
	return 0;
}
