#include "fhir/check.h"

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Two digits at `at` with a value in [least, most]. */
static bool
is_pair(struct span s, size_t at, unsigned least, unsigned most)
{
	unsigned value;

	if (at + 2 > s.len || !is_digit(s.ptr[at]) || !is_digit(s.ptr[at + 1]))
		return false;
	value = (unsigned)(s.ptr[at] - '0') * 10 + (unsigned)(s.ptr[at + 1] - '0');
	return value >= least && value <= most;
}

/* White_Space of Unicode outside ASCII, but for U+0085; and U+FEFF. */
static const struct {
	uint8_t first[3], last[3];
	size_t len;
	const char *instead;
} odd_spaces[] = {
	{ { 0xc2, 0xa0 }, { 0xc2, 0xa0 }, 2, " " },
	{ { 0xe1, 0x9a, 0x80 }, { 0xe1, 0x9a, 0x80 }, 3, " " },
	{ { 0xe2, 0x80, 0x80 }, { 0xe2, 0x80, 0x8a }, 3, " " },
	{ { 0xe2, 0x80, 0xa8 }, { 0xe2, 0x80, 0xa9 }, 3, "\n" },
	{ { 0xe2, 0x80, 0xaf }, { 0xe2, 0x80, 0xaf }, 3, " " },
	{ { 0xe2, 0x81, 0x9f }, { 0xe2, 0x81, 0x9f }, 3, " " },
	{ { 0xe3, 0x80, 0x80 }, { 0xe3, 0x80, 0x80 }, 3, " " },
	{ { 0xef, 0xbb, 0xbf }, { 0xef, 0xbb, 0xbf }, 3, "" },
};

/* See check.h. */
size_t
fhir_odd_space(struct span s, const char **instead)
{
	if (s.len < 2 || s.ptr[0] < 0xc2)
		return 0;
	for (size_t i = 0; i < COUNT(odd_spaces); i++) {
		size_t len = odd_spaces[i].len;

		if (s.len < len || memcmp(s.ptr, odd_spaces[i].first, len) < 0
		    || memcmp(s.ptr, odd_spaces[i].last, len) > 0)
			continue;
		*instead = odd_spaces[i].instead;
		return len;
	}
	return 0;
}

/* See check.h. */
bool
fhir_is_blank(struct span s)
{
	const char *instead;
	size_t i = 0;

	while (i < s.len) {
		size_t odd = fhir_odd_space(span_slice(s, i, 3), &instead);

		if (odd == 0 && s.ptr[i] > ' ' && s.ptr[i] != 0x7f)
			return false;
		i += odd > 0 ? odd : 1;
	}
	return true;
}

/* Counts digits from `*at` on and moves it past them. */
static size_t
skip_digits(struct span s, size_t *at)
{
	size_t from = *at;

	while (*at < s.len && is_digit(s.ptr[*at]))
		(*at)++;
	return *at - from;
}

/* See check.h. */
bool
fhir_is_number(struct span s)
{
	size_t at = 0, whole;

	if (s.len == 0 || s.len > FHIR_NUMBER_MAX)
		return false;
	if (s.ptr[0] == '-')
		at++;
	whole = at;
	if (skip_digits(s, &at) == 0 || (s.ptr[whole] == '0' && at > whole + 1))
		return false;
	if (at < s.len && s.ptr[at] == '.') {
		at++;
		if (skip_digits(s, &at) == 0)
			return false;
	}
	if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
		at++;
		if (at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-'))
			at++;
		if (skip_digits(s, &at) == 0)
			return false;
	}
	return at == s.len;
}

/* See check.h. */
bool
fhir_is_code(struct span s)
{
	bool space = true;	/* none may stand at the start */

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
		if (s.ptr[i] == ' ' && space)
			return false;
		space = s.ptr[i] == ' ';
	}
	return s.len > 0 && !space;
}

/* See check.h. */
bool
fhir_is_uri(struct span s)
{
	bool scheme = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7f || s.ptr[i] == '"' ||
		    s.ptr[i] == '<' || s.ptr[i] == '>' || s.ptr[i] == '\\')
			return false;
		if (s.ptr[i] == ':' && i > 0)
			scheme = true;
	}
	return scheme;
}

/* Length of the date at the start of `s`, 0 if there is none. */
static size_t
date_length(struct span s)
{
	if (!is_pair(s, 0, 0, 99) || !is_pair(s, 2, 0, 99) ||
	    span_is(span_slice(s, 0, 4), "0000"))
		return 0;
	if (s.len < 7 || s.ptr[4] != '-' || !is_pair(s, 5, 1, 12))
		return 4;
	if (s.len < 10 || s.ptr[7] != '-' || !is_pair(s, 8, 1, 31))
		return 7;
	return 10;
}

/* See check.h. */
bool
fhir_is_date(struct span s)
{
	return s.len > 0 && date_length(s) == s.len;
}

/* Length of hh:mm:ss[.f...] at `at`, 0 if there is none. */
static size_t
time_length(struct span s, size_t at)
{
	size_t end = at + 8;

	if (!is_pair(s, at, 0, 23) || at + 8 > s.len || s.ptr[at + 2] != ':' ||
	    !is_pair(s, at + 3, 0, 59) || s.ptr[at + 5] != ':' ||
	    !is_pair(s, at + 6, 0, 60))
		return 0;
	if (end < s.len && s.ptr[end] == '.') {
		end++;
		if (skip_digits(s, &end) == 0)
			return 0;
	}
	return end - at;
}

/* "Z", "+01:00" and nothing after it. */
static bool
is_offset(struct span s, size_t at)
{
	if (at + 1 == s.len)
		return s.ptr[at] == 'Z';
	return at + 6 == s.len && (s.ptr[at] == '+' || s.ptr[at] == '-') &&
	    is_pair(s, at + 1, 0, 14) && s.ptr[at + 3] == ':' &&
	    is_pair(s, at + 4, 0, 59);
}

/* See check.h. */
bool
fhir_is_instant(struct span s)
{
	size_t length;

	if (date_length(s) != 10 || s.len < 20 || s.len > 40 || s.ptr[10] != 'T')
		return false;
	length = time_length(s, 11);
	return length > 0 && is_offset(s, 11 + length);
}

/* See check.h. */
bool
fhir_is_date_time(struct span s)
{
	return fhir_is_date(s) || fhir_is_instant(s);
}

/* See check.h. */
bool
fhir_is_time(struct span s)
{
	return s.len > 0 && s.len <= 24 && time_length(s, 0) == s.len;
}
