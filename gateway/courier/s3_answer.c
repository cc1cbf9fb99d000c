#include "courier/s3_answer.h"

#include "wire/xml_scan.h"

enum { CODE_MAX = 64, MESSAGE_MAX = 160, DAYS_MAX = 100000 };

/* Cut to what fits. */
static void
append_printable(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i] < ' ' || text.ptr[i] > '~' ? ' ' :
		    text.ptr[i];

		if (buf_append(out, &c, 1) != ST_OK)
			return;
	}
}

static void
keep(struct span text, struct buf *out)
{
	out->len = 0;
	(void)!xml_unescape(text, out);
}

/* See s3_answer.h. */
void
s3_error(struct span body, struct buf *out)
{
	static const char *const in_code[] = { "Error", "Code" };
	static const char *const in_message[] = { "Error", "Message" };
	uint8_t a[CODE_MAX], b[MESSAGE_MAX];
	struct buf code = buf_over(a, sizeof(a));
	struct buf message = buf_over(b, sizeof(b));
	enum xml_event event;
	struct xml_scan x;
	struct span text;

	xml_start(&x, body);
	while (xml_next(&x, &event, &text) == ST_OK) {
		if (event != XML_TEXT)
			continue;
		if (xml_is_in(&x, in_code, 2))
			keep(text, &code);
		else if (xml_is_in(&x, in_message, 2))
			keep(text, &message);
	}
	append_printable(out, buf_span(&code));
	if (code.len > 0 && message.len > 0)
		append_printable(out, span_of(": "));
	append_printable(out, buf_span(&message));
}

/* See s3_answer.h. */
enum status
s3_versioning(struct span body, enum s3_versioning *out)
{
	static const char *const in_status[] = { "VersioningConfiguration",
		"Status" };
	enum s3_versioning found = S3_NEVER;
	enum xml_event event;
	struct xml_scan x;
	struct span text;
	enum status st;

	xml_start(&x, body);
	while ((st = xml_next(&x, &event, &text)) == ST_OK) {
		if (x.depth == 1 && event == XML_START &&
		    !span_is(text, "VersioningConfiguration"))
			return ST_MALFORMED;
		if (event != XML_TEXT || !xml_is_in(&x, in_status, 2))
			continue;
		if (!span_is(text, "Enabled") && !span_is(text, "Suspended"))
			return ST_MALFORMED;
		found = span_is(text, "Enabled") ? S3_ENABLED : S3_SUSPENDED;
	}
	if (st != ST_NOT_FOUND)
		return ST_MALFORMED;
	*out = found;
	return ST_OK;
}

/* One <Rule>. */
struct rule {
	struct span prefix;
	bool is_enabled, is_narrow;	/* narrow: by tag or size */
	uint64_t days;
};

static uint64_t
read_days(struct span text)
{
	uint64_t days = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9' || days > DAYS_MAX)
			return 0;
		days = days * 10 + (uint64_t)(text.ptr[i] - '0');
	}
	return days;
}

/* S3 had <Prefix> in the rule before it had <Filter>; <And> holds it where
 * there is a tag as well. */
static void
read_text(const struct xml_scan *x, struct span text, struct rule *r)
{
	struct span name = x->open[x->depth - 1];
	struct span parent = x->open[x->depth - 2];

	if (span_is(name, "Prefix"))
		r->prefix = text;
	else if (span_is(name, "Status") && x->depth == 3)
		r->is_enabled = span_is(text, "Enabled");
	else if (span_is(name, "Days") && span_is(parent, "Expiration"))
		r->days = read_days(text);
}

static bool
is_narrowing(struct span name)
{
	return span_is(name, "Tag") || span_is(name, "And") ||
	    span_is(name, "ObjectSizeGreaterThan") ||
	    span_is(name, "ObjectSizeLessThan");
}

static bool
applies(const struct rule *r, const char *prefix)
{
	return r->is_enabled && !r->is_narrow && r->days > 0 &&
	    r->prefix.len <= strlen(prefix) && (r->prefix.len == 0 ||
	    memcmp(r->prefix.ptr, prefix, r->prefix.len) == 0);
}

/* See s3_answer.h. */
enum status
s3_lifecycle(struct span body, const char *prefix, uint64_t *days)
{
	static const char *const in_rule[] = { "LifecycleConfiguration",
		"Rule" };
	struct rule rule = { .days = 0 };
	uint64_t least = 0;
	enum xml_event event;
	struct xml_scan x;
	struct span text;
	enum status st;

	xml_start(&x, body);
	while ((st = xml_next(&x, &event, &text)) == ST_OK) {
		if (x.depth == 1 && event == XML_START &&
		    !span_is(text, "LifecycleConfiguration"))
			return ST_MALFORMED;
		if (event == XML_START && xml_is_in(&x, in_rule, 2))
			rule = (struct rule){ .days = 0 };
		else if (event == XML_START && is_narrowing(text))
			rule.is_narrow = true;
		else if (event == XML_TEXT && x.depth >= 3)
			read_text(&x, text, &rule);
		else if (event == XML_END && x.depth == 1 &&
		    span_is(text, "Rule") && applies(&rule, prefix) &&
		    (least == 0 || rule.days < least))
			least = rule.days;
	}
	if (st != ST_NOT_FOUND)
		return ST_MALFORMED;
	*days = least;
	return ST_OK;
}
