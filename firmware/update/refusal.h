/* refusal.h -- why an update is not taken, as a table; see refusal.def. */
#ifndef UPDATE_REFUSAL_H
#define UPDATE_REFUSAL_H

#include <stdbool.h>

#include "update/refusal.def"

enum refusal {
#define REFUSAL(name, record, english, french) REFUSAL_##name,
	REFUSALS(REFUSAL)
#undef REFUSAL
	REFUSAL_COUNT
};

/* For log and audit: printable ASCII, at most 64; static storage. */
const char *refusal_record(enum refusal why);

/* For whoever stands at the box: a sentence; static storage. */
const char *refusal_text(enum refusal why, bool french);

#endif
