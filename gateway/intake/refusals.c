#include "intake/refusals.h"

#include <stdio.h>

/* See refusals.h. */
void
refusals_add(struct refusals *r, uint64_t now_ms, const struct input *input,
    const struct hl7_ack_reply *reply)
{
	r->kept[r->n++ % REFUSALS_KEPT] = (struct refusal){
		.at_ms = now_ms, .source = input->source->name,
		.kind = input->kind->name, .reply = *reply,
	};
}

/* See refusals.h. */
const struct refusal *
refusals_at(const struct refusals *r, uint64_t number)
{
	if (number >= r->n || r->n - number > REFUSALS_KEPT)
		return NULL;
	return &r->kept[number % REFUSALS_KEPT];
}

/* See refusals.h. */
void
refusal_words(const struct hl7_ack_reply *reply, struct buf *out)
{
	static const char *const code[] = {
		[HL7_AA] = "AA", [HL7_AE] = "AE", [HL7_AR] = "AR",
		[HL7_CA] = "CA", [HL7_CE] = "CE", [HL7_CR] = "CR",
	};
	char text[256];
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "%s", code[reply->code]);
	if (reply->error != 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %u",
		    reply->error);
	if (reply->segment != NULL)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s",
		    reply->segment);
	if (reply->segment != NULL && reply->field > 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "-%u",
		    reply->field);
	if (reply->text != NULL)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ": %s",
		    reply->text);
	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	if (n > out->max - out->len)
		n = out->max - out->len;
	if (buf_append(out, text, n) != ST_OK)
		return;
}
