#include "intake/check_texts.h"

#include <string.h>

#include "tap.h"

/* The conversions of a format, in order: "%s%u%.*s" */
static void
conversions(const char *format, char *out, size_t size)
{
	size_t n = 0;

	for (const char *p = format; *p != '\0'; p++) {
		if (*p != '%')
			continue;
		do {
			if (n + 1 < size)
				out[n++] = *p;
			p++;
		} while (*p != '\0' && strchr("sudcxl%", *p) == NULL);
		while (*p == 'l' && n + 1 < size)
			out[n++] = *p++;
		if (n + 1 < size)
			out[n++] = *p;
	}
	out[n] = '\0';
}

static void
test_columns(void)
{
	char english[256], french[256];

	for (int id = 0; id < CHECK_TEXT_COUNT; id++) {
		const char *en = check_text(false, (enum check_text)id);
		const char *fr = check_text(true, (enum check_text)id);

		conversions(en, english, sizeof(english));
		conversions(fr, french, sizeof(french));
		ok(strcmp(english, french) == 0, "text %d takes the same in "
		    "both languages: '%s'", id, english);
		ok((en[strlen(en) - 1] == '\n') == (fr[strlen(fr) - 1] == '\n'),
		    "text %d ends alike", id);
	}
}

int
main(void)
{
	test_columns();
	return done_testing();
}
