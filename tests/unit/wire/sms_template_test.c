#include "wire/sms_template.h"

#include "tap.h"

#define TEXT(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static struct span values[SMS_PLACES];

static void
set_values(void)
{
	values[SMS_USER] = span_of("labo");
	values[SMS_SECRET] = span_of("a&b=\"c\\d\x01%+é");
	values[SMS_TO] = span_of("+33612345678");
	values[SMS_TEXT] = span_of("Labo: a.\nTel {to}");
	values[SMS_FROM] = span_of("LABO");
	values[SMS_REFERENCE] = span_of("Ab-_9");
}

static const struct {
	const char *template;
	enum sms_escape escape;
	const char *filled;
} fills[] = {
	{ "u={user}&p={secret}&t={to}", SMS_AS_FORM,
	    "u=labo&p=a%26b%3D%22c%5Cd%01%25%2B%C3%A9&t=%2B33612345678" },
	{ "x={text}", SMS_AS_FORM, "x=Labo%3A%20a.%0ATel%20%7Bto%7D" },
	{ "{\"p\":\"{secret}\",\"t\":{\"x\":\"{to}\"}}", SMS_AS_JSON,
	    "{\"p\":\"a&b=\\\"c\\\\d\\u0001%+é\",\"t\":{\"x\":\"+33612345678\"}}" },
	{ "{\"t\":\"{text}\"}", SMS_AS_JSON,
	    "{\"t\":\"Labo: a.\\u000ATel {to}\"}" },
	{ "{from}{reference}", SMS_AS_FORM, "LABOAb-_9" },
	{ "Bearer {user}", SMS_AS_HEADER, "Bearer labo" },
	{ "", SMS_AS_FORM, "" },
	{ "{{to}}", SMS_AS_FORM, "{%2B33612345678}" },
	{ "{} {TO} {to", SMS_AS_FORM, "{} {TO} {to" },
};

static void
test_fills(void)
{
	for (size_t i = 0; i < COUNT(fills); i++) {
		uint8_t bytes[256];
		struct buf out = buf_over(bytes, sizeof(bytes));

		ok(sms_template_fill(span_of(fills[i].template),
		    fills[i].escape, values, &out) == ST_OK &&
		    span_is(buf_span(&out), fills[i].filled), "%s: %.*s",
		    fills[i].template, (int)out.len, bytes);
	}
}

static void
test_check(void)
{
	unsigned places = 0;
	struct span unknown = { 0 };

	ok(sms_template_check(span_of("{to}{text}{to}{\"}"), &places,
	    &unknown) == ST_OK && places == (1u << SMS_TO | 1u << SMS_TEXT),
	    "which places there are");
	ok(sms_template_check(span_of("{to}{texte}"), &places, &unknown) ==
	    ST_NOT_FOUND && span_is(unknown, "texte"), "one that is none");
	ok(sms_template_check(span_of(""), &places, &unknown) == ST_OK &&
	    places == 0, "none");
}

static void
test_refused(void)
{
	uint8_t bytes[64];
	struct buf out = buf_over(bytes, sizeof(bytes));

	ok(sms_template_fill(span_of("{nane}"), SMS_AS_FORM, values, &out) ==
	    ST_NOT_FOUND, "a place that is none");
	ok(sms_template_fill(span_of("{secret}"), SMS_AS_HEADER, values, &out)
	    == ST_INVALID, "a control character ends no header");
	values[SMS_USER] = span_of("a\r\nX: y");
	ok(sms_template_fill(span_of("{user}"), SMS_AS_HEADER, values, &out)
	    == ST_INVALID, "nor does a line's end");
	set_values();
	for (size_t max = 0; max < 12; max++) {
		out = buf_over(bytes, max);
		ok(sms_template_fill(span_of("x={to}"), SMS_AS_FORM, values,
		    &out) == ST_NO_SPACE, "%zu bytes are too few", max);
	}
}

/* Any byte, in each way, is one that the way may have. */
static void
test_any_byte(void)
{
	bool form = true, json = true;

	for (unsigned c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c, bytes[8];
		struct buf out = buf_over(bytes, sizeof(bytes));

		values[SMS_TEXT] = (struct span){ &byte, 1 };
		form = form && sms_template_fill(span_of("{text}"), SMS_AS_FORM,
		    values, &out) == ST_OK;
		for (size_t i = 0; i < out.len; i++)
			form = form && bytes[i] != '&' && bytes[i] != '=' &&
			    bytes[i] != '+' && bytes[i] > ' ' &&
			    bytes[i] < 0x7f;
		out.len = 0;
		json = json && sms_template_fill(span_of("{text}"), SMS_AS_JSON,
		    values, &out) == ST_OK && bytes[0] >= ' ' &&
		    (out.len > 1 || bytes[0] != '"');
	}
	ok(form, "nothing ends a field of a form");
	ok(json, "nothing ends a string of JSON");
}

int
main(void)
{
	set_values();
	test_fills();
	test_check();
	test_refused();
	test_any_byte();
	return done_testing();
}
