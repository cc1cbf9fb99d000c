#include "health/output.h"

#include <stdio.h>

enum { KEY_BYTES = 48 };

/* Behind `text`, where it stands first; false: nowhere. */
static bool
skip_to(struct span *line, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= line->len; i++)
		if (memcmp(line->ptr + i, text, len) == 0) {
			*line = span_slice(*line, i + len, line->len);
			return true;
		}
	return false;
}

/* See output.h. */
bool
output_is(struct span line, const char *type)
{
	char key[KEY_BYTES];

	snprintf(key, sizeof(key), "\"type\":\"%s\"", type);
	return skip_to(&line, key);
}

/* See output.h. */
bool
output_number(struct span line, const char *name, uint64_t *number)
{
	char key[KEY_BYTES];
	uint64_t n = 0;
	size_t digits = 0;

	snprintf(key, sizeof(key), "\"%s\":", name);
	if (!skip_to(&line, key))
		return false;
	while (digits < line.len && digits < 18 && line.ptr[digits] >= '0' &&
	    line.ptr[digits] <= '9')
		n = n * 10 + (uint64_t)(line.ptr[digits++] - '0');
	if (digits > 0)
		*number = n;
	return digits > 0;
}
