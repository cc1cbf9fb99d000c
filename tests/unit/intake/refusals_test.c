#include "intake/refusals.h"

#include "tap.h"

static const struct input_kind kind = { .name = "HL7 v2" };
static struct config_source source = { .name = "glims" };
static const struct input input = { .kind = &kind, .source = &source };

static bool
says(const struct hl7_ack_reply *reply, const char *wanted)
{
	uint8_t storage[256];
	struct buf out = buf_over(storage, sizeof(storage));

	refusal_words(reply, &out);
	return span_is(buf_span(&out), wanted);
}

static void
test_words(void)
{
	struct hl7_ack_reply reply = { HL7_AE, 101, "PID", 1, 3, "no name" };
	uint8_t few[4];
	struct buf out = buf_over(few, sizeof(few));

	ok(says(&reply, "AE 101 PID-3: no name"), "code, error, place, text");
	refusal_words(&reply, &out);
	ok(span_is(buf_span(&out), "AE 1"), "cut where there is no room");
	reply = (struct hl7_ack_reply){ .code = HL7_CR, .error = 207 };
	ok(says(&reply, "CR 207"), "without a place and a text");
	reply = (struct hl7_ack_reply){ .code = HL7_AA };
	ok(says(&reply, "AA"), "an acceptance");
}

static void
test_ring(void)
{
	static struct refusals r;
	struct hl7_ack_reply reply = { .code = HL7_AE };

	ok(refusals_at(&r, 0) == NULL, "none yet");
	for (unsigned i = 0; i < REFUSALS_KEPT + 3; i++) {
		reply.error = i;
		refusals_add(&r, i, &input, &reply);
	}
	ok(refusals_at(&r, 2) == NULL, "the first are forgotten");
	ok(refusals_at(&r, 3)->reply.error == 3, "the oldest that is kept");
	ok(refusals_at(&r, r.n - 1)->reply.error == REFUSALS_KEPT + 2 &&
	    refusals_at(&r, r.n) == NULL, "the newest, and none after it");
	ok(strcmp(refusals_at(&r, 5)->source, "glims") == 0 &&
	    refusals_at(&r, 5)->at_ms == 5, "with its source and time");
}

int
main(void)
{
	test_words();
	test_ring();
	return done_testing();
}
