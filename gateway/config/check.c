#include "config/check.h"

#include <regex.h>
#include <stdio.h>

#include "config/words.h"

static const char *
allowed(const struct value_row *row)
{
	return words_of(row)->allowed;
}

/* A POSIX extended regular expression with exactly one group. */
static enum status
check_pattern(struct span value)
{
	char pattern[CONFIG_PATTERN_MAX];
	regex_t compiled;
	size_t groups;

	if (value.len >= sizeof(pattern))
		return ST_INVALID;
	snprintf(pattern, sizeof(pattern), "%.*s", (int)value.len,
	    (const char *)value.ptr);
	if (regcomp(&compiled, pattern, REG_EXTENDED) != 0)
		return ST_INVALID;
	groups = compiled.re_nsub;
	regfree(&compiled);
	return groups == 1 ? ST_OK : ST_INVALID;
}

static enum status
check(const struct value_row *row, struct span value)
{
	return row->kind != VALUE_PATTERN || value.len == 0 ? ST_OK
	    : check_pattern(value);
}

static const struct config_help help = { allowed, words_like, check };

/* See check.h. */
enum status
config_check(struct config *config, struct span text,
    struct config_error *error)
{
	return config_read(config, text, &help, error);
}
