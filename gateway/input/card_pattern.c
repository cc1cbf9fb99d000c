#include "input/card_pattern.h"

#include <regex.h>

#include "config/config.h"

static struct compiled {
	char pattern[sizeof(((struct config_source *)0)->card_pattern)];
	regex_t regex;
} compiled[CONFIG_SOURCES_MAX];
static size_t n_compiled;

/* NULL where it cannot be compiled: no memory, because config checked it. */
static const regex_t *
compiled_of(const char *pattern)
{
	struct compiled *c = compiled;

	for (size_t i = 0; i < n_compiled; i++, c++)
		if (strcmp(c->pattern, pattern) == 0)
			return &c->regex;
	if (n_compiled == COUNT(compiled) ||
	    strlen(pattern) >= sizeof(c->pattern) ||
	    regcomp(&c->regex, pattern, REG_EXTENDED) != 0)
		return NULL;
	memcpy(c->pattern, pattern, strlen(pattern) + 1);
	n_compiled++;
	return &c->regex;
}

/* See card_pattern.h. */
struct span
card_pattern_find(const char *pattern, struct span field)
{
	char text[CARD_FIELD_MAX + 1];
	regmatch_t match[2];
	const regex_t *regex;

	if (field.len > CARD_FIELD_MAX)
		return (struct span){ 0 };
	if (pattern[0] == '\0')
		return field;
	regex = compiled_of(pattern);
	if (field.len > 0)
		memcpy(text, field.ptr, field.len);
	text[field.len] = '\0';
	if (regex == NULL || regexec(regex, text, COUNT(match), match, 0) != 0
	    || match[1].rm_so < 0)
		return (struct span){ 0 };
	return span_slice(field, (size_t)match[1].rm_so,
	    (size_t)(match[1].rm_eo - match[1].rm_so));
}
