#include "desk/format.h"

#include "tap.h"

static void
test_dates(void)
{
	char text[FORMAT_MAX];

	format_day(LANG_FR, 1795219200, text);
	ok(strcmp(text, "21/11/2026") == 0, "a day in French: %s", text);
	format_day(LANG_EN, 1795219200, text);
	ok(strcmp(text, "2026-11-21") == 0, "a day in English: %s", text);
	format_instant(1795219200, text);
	ok(strcmp(text, "2026-11-21T00:00:00Z") == 0, "an instant: %s", text);
	format_instant(0, text);
	ok(strcmp(text, "-") == 0, "no instant");
}

static void
test_spans(void)
{
	static const struct { uint64_t s; const char *en; } rows[] = {
		{ 0, "0 s" }, { 61, "1 min 1 s" }, { 3660, "1 h 1 min" },
		{ 90000, "1 d 1 h" },
	};
	char text[FORMAT_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		format_span(LANG_EN, rows[i].s, text);
		ok(strcmp(text, rows[i].en) == 0, "%s", rows[i].en);
	}
	format_span(LANG_FR, 90000, text);
	ok(strcmp(text, "1 j 1 h") == 0, "days are jours in French");
}

static void
test_a_card_is_read_as_it_is_printed(void)
{
	char text[FORMAT_MAX];
	struct symbols card;

	format_card(span_of("0123456789"), text);
	ok(strlen(text) == 13 && text[4] == '-' && text[9] == '-',
	    "4-4-3: %s", text);
	ok(format_parse_card(text, &card) == ST_OK &&
	    memcmp(card.text, "0123456789", 10) == 0, "read back");
	text[0] = text[0] == '7' ? '8' : '7';
	ok(format_parse_card(text, &card) == ST_FORGED, "a typing error is seen");
	format_card(span_of("short"), text);
	ok(text[0] == '\0', "another length prints nothing");
}

int
main(void)
{
	test_dates();
	test_spans();
	test_a_card_is_read_as_it_is_printed();
	return done_testing();
}
