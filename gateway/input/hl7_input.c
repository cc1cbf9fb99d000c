/* HL7 v2 as a kind of input: see input.h. */
#include <stdio.h>
#include <time.h>

#include "input/parse.h"

static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	return parse_frame(in->bytes, in->source, now_ms, arena, out);
}

enum { TIME_MAX = 32 };

static struct span
time_of(uint64_t now_ms, char text[static TIME_MAX])
{
	time_t s = (time_t)(now_ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(text, TIME_MAX, "%Y%m%d%H%M%S+0000", &tm);
	return span_of(text);
}

static enum status
answer(const struct parsed *p, uint64_t now_ms, struct span id,
    struct buf *out)
{
	char time[TIME_MAX];

	return hl7_ack_write(&p->head, &p->reply, id, time_of(now_ms, time),
	    out);
}

/* See parse.h. */
enum status
parse_batch_answer(const struct hl7_batch *batch, uint64_t now_ms,
    struct span id, struct buf *out)
{
	char time[TIME_MAX];

	return hl7_batch_answer(batch, id, time_of(now_ms, time), out);
}

const struct input_kind input_hl7 = { "HL7 v2", parse, answer, HL7_ACK_MAX };
