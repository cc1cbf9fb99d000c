/* The first byte picks the set; whatever comes in, UTF-8 comes out, and what
 * is UTF-8 stays as it is. */
#include "wire/charset.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = span_slice((struct span){ data, len }, 1, len);
	enum charset set = len == 0 ? CHARSET_IS_UTF8
	    : (enum charset)(data[0] % CHARSET_COUNT);
	uint8_t *text = malloc(charset_most(in.len) + 1);
	struct buf out = buf_over(text, charset_most(in.len));
	enum charset found = CHARSET_IS_UTF8;

	if (charset_to_utf8(in, set, &out) != ST_OK ||
	    !charset_is_utf8(buf_span(&out)))
		abort();
	if (set == CHARSET_IS_UTF8 && charset_is_utf8(in) &&
	    !span_equal(in, buf_span(&out)))
		abort();
	/* A declaration of its own: the bytes up to the first line end. */
	(void)!charset_detect(in, span_slice(in, 0, in.len / 4), &found);
	free(text);
	return 0;
}
