/* HL7 v2 as a kind of input: see input.h. */
#include <stdio.h>
#include <time.h>

#include "intake/parse.h"

static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	return parse_frame(in->bytes, in->source, now_ms, arena, out);
}

static enum status
answer(const struct parsed *p, uint64_t now_ms, struct span id,
    struct buf *out)
{
	time_t s = (time_t)(now_ms / 1000);
	struct tm tm;
	char time[32];

	gmtime_r(&s, &tm);
	strftime(time, sizeof(time), "%Y%m%d%H%M%S+0000", &tm);
	return hl7_ack_write(&p->head, &p->reply, id, span_of(time), out);
}

const struct input_kind input_hl7 = { "HL7 v2", parse, answer, HL7_ACK_MAX };
