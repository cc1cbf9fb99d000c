#include "wire/xml_scan.h"

#include <stdio.h>

#include "tap.h"

static const char *const texts_of[] = { "START", "END", "TEXT" };

/* All events of `in`, as "START a,TEXT x,END a", and how it ended. */
static enum status
scan(struct span in, char *out, size_t max)
{
	struct xml_scan x;
	enum xml_event event;
	struct span text;
	enum status st;
	size_t len = 0;

	out[0] = '\0';
	xml_start(&x, in);
	while ((st = xml_next(&x, &event, &text)) == ST_OK && len < max)
		len += (size_t)snprintf(out + len, max - len, "%s%s %.*s",
		    len == 0 ? "" : ",", texts_of[event], (int)text.len,
		    (const char *)text.ptr);
	return st;
}

static const struct {
	const char *claim, *in, *events;
	enum status st;
} rows[] = {
	{ "elements and texts", "<a><b>x y</b><c/></a>",
	    "START a,START b,TEXT x y,END b,START c,END c,END a",
	    ST_NOT_FOUND },
	{ "a declaration, comments, white space",
	    "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <x> -->\r\n<a>\n </a>\n",
	    "START a,END a", ST_NOT_FOUND },
	{ "attributes and prefixes are passed over",
	    "<n:a xmlns:n=\"http://x/>\" b='\"'><n:b  c=\"d\" /></n:a>",
	    "START a,START b,END b,END a", ST_NOT_FOUND },
	{ "entities stay as they are", "<a>&lt;&amp;</a>",
	    "START a,TEXT &lt;&amp;,END a", ST_NOT_FOUND },
	{ "nothing", "", "", ST_MALFORMED },
	{ "white space alone", " \n", "", ST_MALFORMED },
	{ "text outside", "x<a/>", "", ST_MALFORMED },
	{ "text behind", "<a/>x", "START a,END a", ST_MALFORMED },
	{ "two roots", "<a/><b/>", "START a,END a", ST_MALFORMED },
	{ "an element that stays open", "<a><b></b>",
	    "START a,START b,END b", ST_MALFORMED },
	{ "ends that cross", "<a><b></a></b>", "START a,START b",
	    ST_MALFORMED },
	{ "an end of nothing", "</a>", "", ST_MALFORMED },
	{ "half a tag", "<a", "", ST_MALFORMED },
	{ "a tag in a tag", "<a <b>>", "", ST_MALFORMED },
	{ "no name", "<>x</>", "", ST_MALFORMED },
	{ "a bad name", "<a$/>", "", ST_MALFORMED },
	{ "half a comment", "<a><!-- </a>", "START a", ST_MALFORMED },
	{ "a comment that is none", "<a><!--></a>", "START a", ST_MALFORMED },
	{ "a document type", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "",
	    ST_UNSUPPORTED },
	{ "CDATA", "<a><![CDATA[x]]></a>", "START a", ST_UNSUPPORTED },
	{ "as deep as it may be", "<a><a><a><a><a><a><a><a/></a></a></a></a>"
	    "</a></a></a>", NULL, ST_NOT_FOUND },
	{ "deeper", "<a><a><a><a><a><a><a><a><a/>", NULL, ST_TOO_BIG },
};

static void
test_rows(void)
{
	char events[512];

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum status st = scan(span_of(rows[i].in), events,
		    sizeof(events));

		ok(st == rows[i].st && (rows[i].events == NULL ||
		    strcmp(events, rows[i].events) == 0), "%s",
		    rows[i].claim);
	}
}

static void
test_every_cut(void)
{
	static const char whole[] = "<?xml version='1.0'?><a b=\"c\">"
	    "<b>x</b><c/><!-- d --></a>";
	char events[512];
	bool good = true;

	for (size_t n = 0; n < sizeof(whole) - 1; n++)
		good = good && scan(span_slice(span_of(whole), 0, n), events,
		    sizeof(events)) != ST_NOT_FOUND;
	ok(good, "cut anywhere, it is not whole");
	ok(scan(span_of(whole), events, sizeof(events)) == ST_NOT_FOUND,
	    "and whole it is");
}

static void
test_place_and_entities(void)
{
	static const char *const path[] = { "a", "b" };
	uint8_t text[16];
	struct buf out = buf_over(text, sizeof(text));
	struct xml_scan x;
	enum xml_event event;
	struct span found;

	xml_start(&x, span_of("<a><b>x</b></a>"));
	ok(xml_next(&x, &event, &found) == ST_OK && !xml_is_in(&x, path, 2) &&
	    xml_is_in(&x, path, 1) && xml_next(&x, &event, &found) == ST_OK &&
	    xml_is_in(&x, path, 2) && xml_next(&x, &event, &found) == ST_OK &&
	    event == XML_TEXT && xml_is_in(&x, path, 2), "where it stands");
	ok(xml_unescape(span_of("&lt;&gt;&amp;&quot;&apos;&x;&"), &out) ==
	    ST_OK && span_is(buf_span(&out), "<>&\"'&x;&"),
	    "five entities, any other as it stands");
	out = buf_over(text, 2);
	ok(xml_unescape(span_of("abc"), &out) == ST_NO_SPACE, "no room");
}

int
main(void)
{
	test_rows();
	test_every_cut();
	test_place_and_entities();
	return done_testing();
}
