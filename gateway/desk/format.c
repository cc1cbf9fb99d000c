#include "desk/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DIGITS_MAX = 18 };	/* well below 2^64 */

static void
format_time(uint64_t epoch_s, const char *format, char out[static FORMAT_MAX])
{
	time_t t = (time_t)epoch_s;
	struct tm utc;

	out[0] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (gmtime_r(&t, &utc) != NULL)
		strftime(out, FORMAT_MAX, format, &utc);
#pragma GCC diagnostic pop
}

/* See format.h. */
void
format_day(enum lang lang, uint64_t epoch_s, char out[static FORMAT_MAX])
{
	format_time(epoch_s, lang == LANG_FR ? "%d/%m/%Y" : "%Y-%m-%d", out);
}

/* See format.h. */
void
format_instant(uint64_t epoch_s, char out[static FORMAT_MAX])
{
	if (epoch_s == 0)
		snprintf(out, FORMAT_MAX, "-");
	else
		format_time(epoch_s, "%Y-%m-%dT%H:%M:%SZ", out);
}

/* See format.h. */
void
format_span(enum lang lang, uint64_t seconds, char out[static FORMAT_MAX])
{
	unsigned long long s = seconds;

	if (s >= 86400)
		snprintf(out, FORMAT_MAX, "%llu %s %llu h", s / 86400,
		    lang == LANG_FR ? "j" : "d", s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(out, FORMAT_MAX, "%llu h %llu min", s / 3600,
		    s % 3600 / 60);
	else if (s >= 60)
		snprintf(out, FORMAT_MAX, "%llu min %llu s", s / 60, s % 60);
	else
		snprintf(out, FORMAT_MAX, "%llu s", s);
}

/* See format.h. */
void
format_card(struct span card, char out[static FORMAT_MAX])
{
	struct symbols s = { .len = CARD_NUMBER_LEN };
	struct buf printed = buf_over(out, FORMAT_MAX - 1);

	out[0] = '\0';
	if (card.len != CARD_NUMBER_LEN)
		return;
	memcpy(s.text, card.ptr, card.len);
	if (symbols_print(&s, &printed) == ST_OK)
		out[printed.len] = '\0';
}

/* See format.h. */
enum status
format_parse_card(const char *typed, struct symbols *card)
{
	return symbols_parse(span_of(typed), CARD_NUMBER_LEN, card);
}

/* See format.h. */
enum status
format_parse_number(const char *typed, uint64_t *n)
{
	size_t digits = strspn(typed, "0123456789");

	if (digits == 0 || digits > DIGITS_MAX || typed[digits] != '\0')
		return ST_INVALID;
	*n = strtoull(typed, NULL, 10);
	return ST_OK;
}
