#include "wire/xml_scan.h"

#define NONE SIZE_MAX

/* See xml_scan.h. */
void
xml_start(struct xml_scan *x, struct span in)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

	*x = (struct xml_scan){ .rest = in };
	if (in.len >= sizeof(mark) && memcmp(in.ptr, mark, sizeof(mark)) == 0)
		x->rest = span_slice(in, sizeof(mark), in.len);
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_blank(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_space(text.ptr[i]))
			return false;
	return true;
}

static bool
starts_with(struct span s, const char *text)
{
	return span_equal(span_slice(s, 0, strlen(text)), span_of(text));
}

/* Where `text` begins, or NONE. */
static size_t
find(struct span s, const char *text)
{
	const uint8_t *at = s.len == 0 ? NULL :
	    memmem(s.ptr, s.len, text, strlen(text));

	return at == NULL ? NONE : (size_t)(at - s.ptr);
}

static void
pass(struct xml_scan *x, size_t n)
{
	x->rest = span_slice(x->rest, n, x->rest.len);
}

/* <?...?> and <!--...-->; ST_NOT_FOUND where it is neither. */
static enum status
pass_aside(struct xml_scan *x)
{
	const char *end = starts_with(x->rest, "<?") ? "?>" :
	    starts_with(x->rest, "<!--") ? "-->" : NULL;
	size_t at;

	if (end == NULL)
		return starts_with(x->rest, "<!") ? ST_UNSUPPORTED :
		    ST_NOT_FOUND;
	/* Not "<!-->": the end must lie behind the start. */
	at = find(span_slice(x->rest, 4, x->rest.len), end);
	if (at == NONE)
		return ST_MALFORMED;
	pass(x, 4 + at + strlen(end));
	return ST_OK;
}

/* The bytes of a tag up to its ">", which may stand in an attribute too. */
static size_t
tag_length(struct span s)
{
	uint8_t quote = 0;

	for (size_t i = 1; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '<')
			return NONE;
		else if (c == '>')
			return i;
	}
	return NONE;
}

static bool
is_name(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
	    c == ':';
}

/* The name in front of `tag`, without its prefix; empty: it has none. */
static struct span
name_of(struct span tag, size_t *used)
{
	struct span name;
	size_t n = 0, colon = 0;

	for (; n < tag.len && is_name(tag.ptr[n]); n++)
		if (tag.ptr[n] == ':')
			colon = n + 1;
	*used = n;
	name = span_slice(tag, colon, n - colon);
	return name;
}

static enum status
close_element(struct xml_scan *x, struct span name, struct span *text)
{
	if (x->depth == 0 || !span_equal(x->open[x->depth - 1], name))
		return ST_MALFORMED;
	*text = name;
	x->depth--;
	return ST_OK;
}

static enum status
open_element(struct xml_scan *x, struct span name, struct span *text)
{
	if (x->depth == XML_DEPTH_MAX)
		return ST_TOO_BIG;
	if (x->depth == 0 && x->has_root)
		return ST_MALFORMED;
	x->has_root = true;
	x->open[x->depth++] = name;
	*text = name;
	return ST_OK;
}

static enum status
take_tag(struct xml_scan *x, enum xml_event *event, struct span *text)
{
	size_t len = tag_length(x->rest), used = 0;
	struct span tag, name;
	bool is_end;

	if (len == NONE)
		return ST_MALFORMED;
	is_end = len > 1 && x->rest.ptr[1] == '/';
	tag = span_slice(x->rest, is_end ? 2 : 1, len - (is_end ? 2 : 1));
	pass(x, len + 1);
	x->is_empty = !is_end && tag.len > 0 && tag.ptr[tag.len - 1] == '/';
	if (x->is_empty)
		tag.len--;
	name = name_of(tag, &used);
	if (name.len == 0 || (used < tag.len && !is_space(tag.ptr[used])))
		return ST_MALFORMED;
	*event = is_end ? XML_END : XML_START;
	return is_end ? close_element(x, name, text) :
	    open_element(x, name, text);
}

/* ST_NOT_FOUND: there was none but white space. */
static enum status
take_text(struct xml_scan *x, struct span *text)
{
	size_t len = find(x->rest, "<");
	struct span found = span_slice(x->rest, 0,
	    len == NONE ? x->rest.len : len);

	pass(x, found.len);
	if (is_blank(found))
		return ST_NOT_FOUND;
	*text = found;
	return x->depth == 0 ? ST_MALFORMED : ST_OK;
}

/* See xml_scan.h. */
enum status
xml_next(struct xml_scan *x, enum xml_event *event, struct span *text)
{
	enum status st;

	if (x->is_empty) {
		x->is_empty = false;
		*event = XML_END;
		return close_element(x, x->open[x->depth - 1], text);
	}
	while (x->rest.len > 0) {
		*event = XML_TEXT;
		st = take_text(x, text);
		if (st != ST_NOT_FOUND)
			return st;
		if (x->rest.len == 0)
			break;
		st = pass_aside(x);
		if (st == ST_NOT_FOUND)
			return take_tag(x, event, text);
		if (st != ST_OK)
			return st;
	}
	return x->depth == 0 && x->has_root ? ST_NOT_FOUND : ST_MALFORMED;
}

/* See xml_scan.h. */
bool
xml_is_in(const struct xml_scan *x, const char *const *name, unsigned n)
{
	if (x->depth != n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!span_is(x->open[i], name[i]))
			return false;
	return true;
}

/* See xml_scan.h. */
enum status
xml_unescape(struct span text, struct buf *out)
{
	static const struct {
		const char *entity, *means;
	} rows[] = {
		{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&apos;", "'" },
	};

	while (text.len > 0) {
		const char *means = NULL;
		size_t n = 1;

		for (size_t i = 0; i < COUNT(rows); i++)
			if (starts_with(text, rows[i].entity)) {
				means = rows[i].means;
				n = strlen(rows[i].entity);
			}
		TRY(means == NULL ? buf_append(out, text.ptr, 1) :
		    buf_append_text(out, means));
		text = span_slice(text, n, text.len);
	}
	return ST_OK;
}
