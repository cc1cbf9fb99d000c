#include "update/refusal.h"

static const struct {
	const char *record, *text[2];
} refusals[REFUSAL_COUNT] = {
#define REFUSAL(name, record, english, french) \
	[REFUSAL_##name] = { record, { english, french } },
	REFUSALS(REFUSAL)
#undef REFUSAL
};

/* See refusal.h. */
const char *
refusal_record(enum refusal why)
{
	return refusals[why].record;
}

/* See refusal.h. */
const char *
refusal_text(enum refusal why, bool french)
{
	return refusals[why].text[french];
}
