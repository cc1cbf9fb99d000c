#include "wire/http.h"

#include <picohttpparser.h>

#include "wire/http_words.h"

/* A name or address with an optional port; no user, no blank. */
static bool
is_host(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!http_is_alphanumeric(s.ptr[i]) && (s.ptr[i] == 0 ||
		    strchr("-._:[]", s.ptr[i]) == NULL))
			return false;
	return s.len > 0;
}

/* --- headers ------------------------------------------------------------- */

/* What the head says besides the request itself. */
struct head {
	struct http_request *request;
	bool has_length, has_encoding;
	bool takes_chunks;	/* http_parse_chunked() */
	bool close, keep_alive;
};

static enum status
read_length(struct head *h, struct span value)
{
	if (h->has_length)
		return ST_MALFORMED;
	h->has_length = true;
	return http_length(value, &h->request->content_length);
}

static enum status
read_encoding(struct head *h, struct span value)
{
	h->request->chunked = !h->has_encoding && http_same_word(value, "chunked");
	h->has_encoding = true;
	return ST_OK;
}

static enum status
read_connection(struct head *h, struct span value)
{
	http_connection(value, &h->close, &h->keep_alive);
	return ST_OK;
}

static enum status
read_expect(struct head *h, struct span value)
{
	if (!http_same_word(value, "100-continue"))
		return ST_UNSUPPORTED;
	h->request->expect_continue = true;
	return ST_OK;
}

/* Keeps a header that may stand once. */
static enum status
keep_once(struct span *kept, struct span value)
{
	/* An empty one counts too: its pointer is set. */
	if (kept->ptr != NULL)
		return ST_MALFORMED;
	*kept = value;
	return ST_OK;
}

static enum status
read_header(struct head *h, struct span name, struct span value)
{
	struct http_request *r = h->request;
	const struct {
		const char *name;
		struct span *once;
		enum status (*read)(struct head *, struct span);
	} known[] = {
		{ "host", &r->host, NULL },
		{ "authorization", &r->authorization, NULL },
		{ "content-type", &r->content_type, NULL },
		{ "content-encoding", &r->content_encoding, NULL },
		{ "origin", &r->origin, NULL },
		{ "accept-language", NULL, NULL },
		{ "content-length", NULL, read_length },
		{ "transfer-encoding", NULL, read_encoding },
		{ "connection", NULL, read_connection },
		{ "expect", NULL, read_expect },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (!http_same_word(name, known[i].name))
			continue;
		if (known[i].once != NULL)
			return keep_once(known[i].once, value);
		if (known[i].read != NULL)
			return known[i].read(h, value);
		if (r->accept_language.len == 0)
			r->accept_language = value;
	}
	return ST_OK;
}

static struct span
bytes_of(const char *ptr, size_t len)
{
	return (struct span){ (const uint8_t *)ptr, len };
}

static enum status
read_headers(struct head *h, const struct phr_header *headers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct span name = bytes_of(headers[i].name,
		    headers[i].name_len);

		/* A name of NULL is a folded line (RFC 9112 section 5.2). */
		if (name.ptr == NULL || !http_is_token(name))
			return ST_MALFORMED;
		TRY(read_header(h, name, http_trimmed(bytes_of(headers[i].value,
		    headers[i].value_len))));
	}
	return ST_OK;
}

/* --- the request line ---------------------------------------------------- */

static enum http_method
method_of(struct span s)
{
	static const struct {
		const char *name;
		enum http_method method;
	} row[] = {
		{ "GET", HTTP_GET }, { "HEAD", HTTP_HEAD },
		{ "POST", HTTP_POST }, { "DELETE", HTTP_DELETE },
		{ "OPTIONS", HTTP_OPTIONS },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(s, row[i].name))
			return row[i].method;
	return HTTP_OTHER;
}

static bool
takes_prefix(struct span *s, struct span prefix)
{
	if (!span_equal(span_slice(*s, 0, prefix.len), prefix))
		return false;
	*s = span_slice(*s, prefix.len, s->len);
	return true;
}

/* Origin form; the absolute form only for the host that Host names too
 * (RFC 9112 section 3.2.2). */
static enum status
read_target(struct http_request *r, struct span target)
{
	const uint8_t *mark;
	size_t len;

	for (size_t i = 0; i < target.len; i++)
		if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f ||
		    target.ptr[i] == '#')
			return ST_MALFORMED;
	if ((takes_prefix(&target, span_of("https://")) ||
	    takes_prefix(&target, span_of("http://"))) &&
	    !takes_prefix(&target, r->host))
		return ST_MALFORMED;
	if (target.len == 0 || target.ptr[0] != '/')
		return ST_MALFORMED;
	mark = memchr(target.ptr, '?', target.len);
	len = mark == NULL ? target.len : (size_t)(mark - target.ptr);
	r->path = span_slice(target, 0, len);
	r->query = span_slice(target, len + 1, target.len);
	return ST_OK;
}

static enum status
check_whole(struct head *h)
{
	struct http_request *r = h->request;

	if (h->has_encoding && (h->has_length || r->http_1_0))
		return ST_MALFORMED;	/* two lengths: request smuggling */
	if (h->has_encoding && !(h->takes_chunks && r->chunked))
		return ST_UNSUPPORTED;
	if (r->host.ptr == NULL ? !r->http_1_0 : !is_host(r->host))
		return ST_MALFORMED;
	r->keep_alive = !r->http_1_0 && !h->close;
	r->expect_continue = r->expect_continue && !r->http_1_0;
	return ST_OK;
}

static enum status
parse(struct span in, bool takes_chunks, struct http_request *request,
    size_t *head_bytes)
{
	struct phr_header headers[HTTP_HEADERS_MAX];
	size_t n = COUNT(headers), method_len, path_len, length = 0;
	struct http_request r = { 0 };
	struct head h = { .request = &r, .takes_chunks = takes_chunks };
	const char *method, *path;
	int minor;

	TRY(http_head_length(in, HTTP_HEAD_MAX, HTTP_HEADERS_MAX, &length));
	if (phr_parse_request((const char *)in.ptr, length, &method,
	    &method_len, &path, &path_len, &minor, headers, &n, 0) !=
	    (int)length || minor > 1 || minor < 0)
		return ST_MALFORMED;
	r.http_1_0 = minor == 0;
	r.method = method_of(bytes_of(method, method_len));
	if (!http_is_token(bytes_of(method, method_len)))
		return ST_MALFORMED;
	TRY(read_headers(&h, headers, n));
	TRY(check_whole(&h));
	TRY(read_target(&r, bytes_of(path, path_len)));
	*request = r;
	*head_bytes = length;
	return ST_OK;
}

/* See http.h. */
enum status
http_parse(struct span in, struct http_request *request, size_t *head_bytes)
{
	return parse(in, false, request, head_bytes);
}

/* See http.h. */
enum status
http_parse_chunked(struct span in, struct http_request *request,
    size_t *head_bytes)
{
	return parse(in, true, request, head_bytes);
}

/* --- small readers ------------------------------------------------------- */

/* See http.h. */
struct span
http_bearer(const struct http_request *request)
{
	struct span s = request->authorization;

	if (s.len < 7 || !http_same_word(span_slice(s, 0, 6), "bearer") ||
	    s.ptr[6] != ' ')
		return (struct span){ 0 };
	s = http_trimmed(span_slice(s, 7, s.len));
	return memchr(s.ptr, ' ', s.len) == NULL ? s : (struct span){ 0 };
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = http_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One character of a form's value off `s` (WHATWG URL section 5.1). */
static enum status
take_character(struct span *s, uint8_t *c)
{
	int high, low;

	*c = s->ptr[0] == '+' ? ' ' : s->ptr[0];
	if (s->ptr[0] != '%') {
		*s = span_slice(*s, 1, s->len);
		return ST_OK;
	}
	if (s->len < 3)
		return ST_MALFORMED;
	high = hex_digit(s->ptr[1]);
	low = hex_digit(s->ptr[2]);
	if (high < 0 || low < 0)
		return ST_MALFORMED;
	*c = (uint8_t)(high * 16 + low);
	*s = span_slice(*s, 3, s->len);
	return ST_OK;
}

static enum status
decode(struct span s, struct buf *out)
{
	size_t before = out->len;
	enum status st = ST_OK;
	uint8_t c;

	while (s.len > 0 && st == ST_OK) {
		st = take_character(&s, &c);
		if (st == ST_OK && (c < ' ' || c == 0x7f))
			st = ST_MALFORMED;
		if (st == ST_OK)
			st = buf_append(out, &c, 1);
	}
	if (st != ST_OK)
		out->len = before;
	return st;
}

/* See http.h. */
enum status
http_query_value(struct span query, const char *name, struct buf *out)
{
	struct span found = { 0 };
	size_t name_len = strlen(name);

	while (query.len > 0) {
		const uint8_t *end = memchr(query.ptr, '&', query.len);
		size_t len = end == NULL ? query.len : (size_t)(end - query.ptr);
		struct span pair = span_slice(query, 0, len);

		query = span_slice(query, len + 1, query.len);
		if (!span_is(span_slice(pair, 0, name_len), name) ||
		    (pair.len > name_len && pair.ptr[name_len] != '='))
			continue;
		if (found.ptr != NULL)
			return ST_MALFORMED;
		found = span_slice(pair, name_len + 1, pair.len);
	}
	return found.ptr == NULL ? ST_NOT_FOUND : decode(found, out);
}
