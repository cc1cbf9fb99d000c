#include "update/texts.h"

#include <string.h>

#include "base/status.h"
#include "tap.h"
#include "update/refusal.h"

/* The conversions of a format, one after the other: "%s%llu%c". */
static void
conversions(const char *format, char out[static 64])
{
	size_t len = 0;

	for (const char *p = format; (p = strchr(p, '%')) != NULL; p++) {
		size_t n = 1 + strspn(p + 1, "l") + 1;

		if (len + n < 64)
			memcpy(out + len, p, n);
		len += n;
	}
	out[len] = '\0';
}

static void
test_texts(void)
{
	bool same = true, there = true;

	for (unsigned i = 0; i < TEXT_COUNT; i++) {
		char english[64], french[64];

		conversions(text_in(false, i), english);
		conversions(text_in(true, i), french);
		same &= strcmp(english, french) == 0;
		there &= *text_in(true, i) != '\0' &&
		    strcmp(text_in(true, i), text_in(false, i)) != 0;
	}
	ok(same, "both languages take the same values");
	ok(there, "and every sentence is in both");
	for (unsigned i = 0; i < SLOT_STATES; i++)
		ok(strchr(text_of_slot(true, i), '%') == NULL, "slot state %u",
		    i);
}

static bool
is_record(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return *text != '\0' && strlen(text) <= 64;
}

static void
test_refusals(void)
{
	bool records = true, texts = true;

	for (unsigned i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
		records &= is_record(refusal_record(i));
		texts &= *refusal_text(i, true) != '\0' &&
		    *refusal_text(i, false) != '\0';
	}
	ok(records, "what is recorded is printable ASCII, at most 64");
	ok(texts, "every refusal has a sentence in both languages");
}

int
main(void)
{
	test_texts();
	test_refusals();
	return done_testing();
}
