#include "spool/names.h"

#include <stdio.h>
#include <strings.h>

enum { SUFFIX_ROOM = 24 };	/* for ".1000.error.txt" */

/* See names.h. */
bool
name_is_simple(struct span name)
{
	return name.len > 0 && name.len < NAME_BYTES &&
	    memchr(name.ptr, '/', name.len) == NULL &&
	    memchr(name.ptr, '\0', name.len) == NULL &&
	    !span_is(name, ".") && !span_is(name, "..");
}

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return len > n && strcasecmp(name + len - n, end) == 0;
}

/* See names.h. */
bool
name_is_passed_over(const char *name)
{
	static const char *const unfinished[] = {
		".tmp", ".part", ".filepart", ".crdownload", "~",
	};

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < COUNT(unfinished); i++)
		if (ends_in(name, unfinished[i]))
			return true;
	return false;
}

/* See names.h. */
bool
name_is_witness(const char *name)
{
	return ends_in(name, ".ok");
}

/* See names.h. */
bool
name_of_witness(const char *name, unsigned i, char out[static NAME_BYTES])
{
	const char *dot = strrchr(name, '.');
	size_t stem = i < 2 && dot != NULL ? (size_t)(dot - name)
	    : strlen(name);

	if (stem + sizeof(".ok") > NAME_BYTES)
		return false;
	snprintf(out, NAME_BYTES, "%.*s%s", (int)stem, name,
	    i % 2 == 0 ? ".ok" : ".OK");
	return true;
}

/* See names.h. */
void
name_with(const char *name, unsigned n, const char *more,
    char out[static NAME_BYTES])
{
	int most = n == 0 && *more == '\0' ? NAME_BYTES - 1
	    : NAME_BYTES - 1 - SUFFIX_ROOM;

	if (n == 0)
		snprintf(out, NAME_BYTES, "%.*s%s", most, name, more);
	else
		snprintf(out, NAME_BYTES, "%.*s.%u%s", most, name, n, more);
}
