/* Times, clocks and zone rules; the first line is the rule. */
#include "wire/hl7_time.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len };
	const uint8_t *line = len == 0 ? NULL : memchr(data, '\n', len);
	size_t rule = line == NULL ? 0 : (size_t)(line - data);
	struct zone zone = { 0 };
	struct hl7_time time;
	uint8_t text[HL7_TIME_TEXT_MAX];
	struct buf out = buf_over(text, sizeof(text));

	(void)!zone_parse(span_slice(in, 0, rule), &zone);
	in = span_slice(in, line == NULL ? 0 : rule + 1, len);
	if (hl7_time_read(in, &time) == ST_OK) {
		if (hl7_time_write(&time, &zone, &out) != ST_OK)
			abort();	/* HL7_TIME_TEXT_MAX is enough */
		(void)hl7_time_is_ambiguous(&time, &zone);
		hl7_time_limit(&time, span_slice(in, 4, 1));
		out.len = 0;
		if (hl7_time_write(&time, &zone, &out) != ST_OK)
			abort();
		out.len = 0;
		if (hl7_time_from_ms(hl7_time_ms(&time, &zone), &zone, &out) !=
		    ST_OK)
			abort();
	}
	out.len = 0;
	(void)!hl7_clock_write(in, &out);
	return 0;
}
