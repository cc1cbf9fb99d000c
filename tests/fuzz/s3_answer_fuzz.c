/* What an S3 store answers in XML: every name and text lies in the input, the
 * scan ends, and an error's words are printable. */
#include <stdlib.h>

#include "courier/s3_answer.h"
#include "wire/xml_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_scan(struct span in)
{
	struct xml_scan x;
	enum xml_event event;
	struct span text;
	size_t events = 0;

	xml_start(&x, in);
	while (xml_next(&x, &event, &text) == ST_OK) {
		if (++events > 2 * in.len + 2 || x.depth > XML_DEPTH_MAX ||
		    text.len == 0 || text.ptr < in.ptr ||
		    text.ptr + text.len > in.ptr + in.len)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	uint8_t text[96];
	struct buf out = buf_over(text, sizeof(text));
	enum s3_versioning v = S3_NEVER;
	uint64_t days = 0;

	check_scan(in);
	s3_error(in, &out);
	for (size_t i = 0; i < out.len; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
	if (s3_versioning(in, &v) == ST_OK && v > S3_ENABLED)
		abort();
	if (s3_lifecycle(in, "d/", &days) == ST_OK && days > 1000009)
		abort();
	return 0;
}
