/* Placeholders: filled, escaped, or refused. */
#include "pickup/page.h"

#include "tap.h"

static struct config config;
static uint8_t storage[4096];

static enum status
fill(const char *page, const char *want)
{
	struct buf out = buf_over(storage, sizeof(storage));
	enum status st = page_fill(span_of(page), &config, &out);

	if (st == ST_OK && want != NULL && !span_is(buf_span(&out), want))
		return ST_FORGED;
	return st;
}

int
main(void)
{
	struct buf small = buf_over(storage, 5);

	strcpy(config.box_id, "box-1");
	strcpy(config.lab_name, "<b>L'A & \"B\"</b>");
	strcpy(config.pickup_origin, "https://h:8443");
	ok(fill("no place", "no place") == ST_OK, "nothing to fill");
	ok(fill("", "") == ST_OK, "nothing at all");
	ok(fill("{{box}}", "box-1") == ST_OK, "one");
	ok(fill("a{{box}}b{{box}}", "abox-1bbox-1") == ST_OK, "twice");
	ok(fill("{{lab}}", "&lt;b&gt;L&#39;A &amp; &quot;B&quot;&lt;/b&gt;") ==
	    ST_OK, "escaped");
	ok(fill("{{phone}}|{{origin}}|{{rounds}}", "|https://h:8443|600000") ==
	    ST_OK, "the others");
	ok(fill("{{nothing}}", NULL) == ST_NOT_FOUND, "an unknown one");
	ok(fill("{{box", NULL) == ST_NOT_FOUND, "one that does not end");
	ok(fill("{ {box} }", "{ {box} }") == ST_OK, "not one");
	ok(page_fill(span_of("123456"), &config, &small) == ST_NO_SPACE &&
	    page_fill(span_of("{{lab}}"), &config, &small) == ST_NO_SPACE,
	    "no space");
	ok(page_prepare(&config) == ST_OK && page_bytes().len > 1000 &&
	    memmem(page_bytes().ptr, page_bytes().len, "{{", 2) == NULL,
	    "the real page has no placeholder left");
	ok(strstr(page_policy(), "default-src 'none'") != NULL &&
	    strstr(page_policy(), "'sha256-") != NULL, "and its policy");
	return done_testing();
}
