/* Cuts a frame into everything it holds; each piece must lie inside it, and
 * what is unescaped may not be longer than it was.  A batch has as many
 * messages as are cut out of it, and can always be answered. */
#include "wire/hl7_batch.h"

#include "wire/hl7.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
unescape(struct span raw, const struct hl7_delimiters *d)
{
	uint8_t *text = malloc(raw.len + 1);
	struct buf out = buf_over(text, raw.len);

	if (hl7_unescape(raw, d, &out) != ST_OK || out.len > raw.len ||
	    (out.len > 0 && memchr(text, 0, out.len) != NULL))
		abort();
	free(text);
}

static void
cut_segment(struct span segment, struct span within,
    const struct hl7_delimiters *d)
{
	struct hl7_fields f;

	if (segment.ptr < within.ptr ||
	    segment.ptr + segment.len > within.ptr + within.len)
		abort();
	hl7_split(segment, d, &f);
	for (size_t i = 0; i < f.n; i++) {
		struct span first = hl7_first(f.at[i], d);
		struct span part = hl7_component(first, d, 2);

		(void)hl7_subcomponent(part, d, 2);
		(void)hl7_is_null(part);
		unescape(f.at[i], d);
	}
}

static void
check_batch(struct span frame)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf out = buf_over(text, sizeof(text));
	struct hl7_batch b;
	struct span message, rest = frame;
	unsigned n = 0;

	if (hl7_batch_read(frame, &b) != ST_OK)
		return;
	while (hl7_next_message(&rest, &message) == ST_OK)
		n++;
	hl7_batch_add(&b, frame);	/* anything: it need not be an ACK */
	if (b.messages != n || b.text_len > sizeof(b.text) ||
	    hl7_batch_answer(&b, span_of("1"), span_of("2026"), &out) != ST_OK)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span frame = { data, len }, message, segment;

	check_batch(frame);
	while (hl7_next_message(&frame, &message) == ST_OK) {
		struct hl7_delimiters d = { 0 };
		struct hl7_reader r;

		if (hl7_delimiters_read(message, &d) == ST_MALFORMED)
			abort();	/* it was found by its MSH-1 */
		hl7_reader_init(&r, message);
		while (hl7_next_segment(&r, &segment) == ST_OK)
			cut_segment(segment, message, &d);
	}
	return 0;
}
