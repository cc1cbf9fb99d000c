#include "wire/http.h"

#include <stdlib.h>

#include "tap.h"

#define HOST "Host: labo.example:8443\r\n"
#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static enum status
parse(struct span head, struct http_request *r)
{
	size_t used = 0;
	enum status st = http_parse(head, r, &used);

	return st == ST_OK && used > head.len ? ST_CORRUPT : st;
}

static void
test_a_request(void)
{
	struct http_request r;
	struct span head = BYTES("POST /api/v1/cards/X?a=1&b HTTP/1.1\r\n"
	    "hOsT: labo.example:8443\r\nAuthorization: Bearer  abc \r\n"
	    "Accept-Language:fr,en;q=0.5\r\nContent-Type: application/json\r\n"
	    "Origin: https://labo.example\r\nContent-Length: 12\r\n"
	    "X-Other: \r\n\r\nbody");
	size_t used = 0;

	ok(http_parse(head, &r, &used) == ST_OK && used == head.len - 4,
	    "a head ends at its empty line");
	ok(r.method == HTTP_POST && span_is(r.path, "/api/v1/cards/X") &&
	    span_is(r.query, "a=1&b"), "method, path, query");
	ok(span_is(r.host, "labo.example:8443") &&
	    span_is(r.accept_language, "fr,en;q=0.5") &&
	    span_is(r.content_type, "application/json") &&
	    span_is(r.origin, "https://labo.example"), "known headers");
	ok(r.content_length == 12 && r.keep_alive && !r.expect_continue &&
	    !r.http_1_0, "length and connection");
	ok(span_is(http_bearer(&r), "abc"), "the token");
}

static void
test_every_cut(void)
{
	struct http_request r;
	struct span head = BYTES("GET /d/x HTTP/1.1\r\n" HOST
	    "Connection: close\r\n\r\n");
	bool good = true;

	for (size_t cut = 0; cut < head.len; cut++)
		good = good && parse(span_slice(head, 0, cut), &r) == ST_MORE;
	ok(good, "half a head is not whole, at any cut");
	ok(parse(head, &r) == ST_OK && !r.keep_alive, "and then it is");
}

static const struct {
	const char *claim;
	struct span head;
	enum status st;
} heads[] = {
	{ "an empty line before it", BYTES("\r\nGET / HTTP/1.1\r\n"
	    HOST "\r\n"), ST_OK },
	{ "HTTP/1.0 without Host", BYTES("GET / HTTP/1.0\r\n\r\n"),
	    ST_OK },
	{ "its own absolute form", BYTES(
	    "GET https://labo.example:8443/d HTTP/1.1\r\n" HOST "\r\n"),
	    ST_OK },
	{ "Expect: 100-continue", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n"), ST_OK },
	{ "an unknown method", BYTES("BREW / HTTP/1.1\r\n" HOST
	    "\r\n"), ST_OK },
	{ "two empty lines before it", BYTES("\r\n\r\nGET / HTTP/1.1"
	    "\r\n" HOST "\r\n"), ST_MALFORMED },
	{ "bare LF", BYTES("GET / HTTP/1.1\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "bare LF at the end", BYTES("GET / HTTP/1.1\r\n" HOST "\n"),
	    ST_MALFORMED },
	{ "bare CR", BYTES("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
	    ST_MALFORMED },
	{ "NUL", BYTES("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
	    ST_MALFORMED },
	{ "a control character", BYTES("GET / HTTP/1.1\r\n" HOST
	    "X: \x01\r\n\r\n"), ST_MALFORMED },
	{ "folding", BYTES("GET / HTTP/1.1\r\n" HOST
	    "X: a\r\n b\r\n\r\n"), ST_MALFORMED },
	{ "a blank before the colon", BYTES("GET / HTTP/1.1\r\n"
	    "Host : a\r\n\r\n"), ST_MALFORMED },
	{ "a header without a name", BYTES("GET / HTTP/1.1\r\n" HOST
	    ": a\r\n\r\n"), ST_MALFORMED },
	{ "no Host", BYTES("GET / HTTP/1.1\r\n\r\n"), ST_MALFORMED },
	{ "an empty Host", BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
	    ST_MALFORMED },
	{ "two Hosts", BYTES("GET / HTTP/1.1\r\n" HOST HOST "\r\n"),
	    ST_MALFORMED },
	{ "a user in Host", BYTES("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
	    ST_MALFORMED },
	{ "two lengths", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Content-Length: 1\r\nContent-Length: 1\r\n\r\n"),
	    ST_MALFORMED },
	{ "a list of lengths", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Content-Length: 1, 1\r\n\r\n"), ST_MALFORMED },
	{ "a signed length", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Content-Length: +1\r\n\r\n"), ST_MALFORMED },
	{ "an endless length", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Content-Length: 99999999999999999999\r\n\r\n"),
	    ST_MALFORMED },
	{ "chunks", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\n\r\n"), ST_UNSUPPORTED },
	{ "chunks and a length", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"),
	    ST_MALFORMED },
	{ "another expectation", BYTES("POST / HTTP/1.1\r\n" HOST
	    "Expect: miracles\r\n\r\n"), ST_UNSUPPORTED },
	{ "two tokens", BYTES("GET / HTTP/1.1\r\n" HOST
	    "Authorization: a\r\nAuthorization: b\r\n\r\n"),
	    ST_MALFORMED },
	{ "another host's absolute form", BYTES(
	    "GET https://evil.example/d HTTP/1.1\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "a longer host's absolute form", BYTES(
	    "GET https://labo.example:84433/d HTTP/1.1\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "an authority", BYTES("CONNECT a:443 HTTP/1.1\r\n" HOST
	    "\r\n"), ST_MALFORMED },
	{ "an asterisk", BYTES("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "a fragment", BYTES("GET /#a HTTP/1.1\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "bytes above ASCII in the path", BYTES("GET /\xc3\xa9 "
	    "HTTP/1.1\r\n" HOST "\r\n"), ST_MALFORMED },
	{ "HTTP/1.2", BYTES("GET / HTTP/1.2\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "HTTP/2.0", BYTES("GET / HTTP/2.0\r\n" HOST "\r\n"),
	    ST_MALFORMED },
	{ "HTTP/0.9", BYTES("GET /\r\n\r\n"), ST_MALFORMED },
	{ "TLS", BYTES("\x16\x03\x01\x02\x00\x01"), ST_MALFORMED },
};

static void
test_accepted_and_refused(void)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct http_request r;

		ok(parse(heads[i].head, &r) == heads[i].st, "%s: %s",
		    heads[i].claim, status_text(heads[i].st));
	}
}

static void
test_limits(void)
{
	static uint8_t text[HTTP_HEAD_MAX + 64];
	struct buf b = buf_over(text, sizeof(text));
	struct http_request r;

	(void)!buf_append_text(&b, "GET / HTTP/1.1\r\n" HOST);
	for (int i = 0; i < HTTP_HEADERS_MAX - 1; i++)
		(void)!buf_append_text(&b, "X: y\r\n");
	(void)!buf_append_text(&b, "\r\n");
	ok(parse(buf_span(&b), &r) == ST_OK, "as many headers as allowed");
	b.len -= 2;
	(void)!buf_append_text(&b, "X: y\r\n\r\n");
	ok(parse(buf_span(&b), &r) == ST_TOO_BIG, "one more");
	memset(text, 'a', sizeof(text));
	memcpy(text, "GET /", 5);
	ok(parse((struct span){ text, HTTP_HEAD_MAX - 1 }, &r) == ST_MORE &&
	    parse((struct span){ text, HTTP_HEAD_MAX }, &r) == ST_TOO_BIG,
	    "a head that never ends");
}

static void
test_queries(void)
{
	static const struct {
		const char *query;
		enum status st;
		const char *value;
	} row[] = {
		{ "recipient=Dr%20No", ST_OK, "Dr No" },
		{ "a=b&recipient=x+y&c", ST_OK, "x y" },
		{ "recipient=%C3%A9", ST_OK, "\xc3\xa9" },
		{ "recipient=", ST_OK, "" }, { "recipient", ST_OK, "" },
		{ "recipients=x", ST_NOT_FOUND, "" }, { "", ST_NOT_FOUND, "" },
		{ "recipient=a&recipient=b", ST_MALFORMED, "" },
		{ "recipient=%0", ST_MALFORMED, "" },
		{ "recipient=%zz", ST_MALFORMED, "" },
		{ "recipient=a%00", ST_MALFORMED, "" },
		{ "recipient=12345678901234567", ST_NO_SPACE, "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		uint8_t text[16];
		struct buf out = buf_over(text, sizeof(text));

		ok(http_query_value(span_of(row[i].query), "recipient", &out) ==
		    row[i].st && span_is(buf_span(&out), row[i].value),
		    "query \"%s\"", row[i].query);
	}
}

static void
test_bearer(void)
{
	static const struct {
		const char *header, *token;
	} row[] = {
		{ "Bearer abc", "abc" }, { "bearer abc", "abc" },
		{ "Basic abc", "" }, { "Bearer", "" }, { "Bearer ", "" },
		{ "Bearer a b", "" }, { "Bearerabc", "" }, { "", "" },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct http_request r = {
			.authorization = span_of(row[i].header)
		};

		ok(span_is(http_bearer(&r), row[i].token), "\"%s\"",
		    row[i].header);
	}
}

static void
test_responses(void)
{
	const struct http_header headers[] = {
		{ "Cache-Control", span_of("no-store") },
	};
	const struct http_header bad[] = {
		{ "Location", span_of("/a\r\nSet-Cookie: x") },
	};
	struct http_response r = { .code = 200, .headers = headers,
	    .n_headers = 1, .has_length = true, .content_length = 12,
	    .keep_alive = true };
	uint8_t text[160];
	struct buf out = buf_over(text, sizeof(text));

	ok(http_head_write(&r, &out) == ST_OK && span_is(buf_span(&out),
	    "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n"
	    "Content-Length: 12\r\n\r\n"), "a response");
	out.len = 0;
	r = (struct http_response){ .code = 204 };
	ok(http_head_write(&r, &out) == ST_OK && span_is(buf_span(&out),
	    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
	    "a last one, without a body");
	out.len = 0;
	r = (struct http_response){ .code = 100 };
	ok(http_head_write(&r, &out) == ST_OK && span_is(buf_span(&out),
	    "HTTP/1.1 100 Continue\r\n\r\n"), "go on");
	out.len = 0;
	r = (struct http_response){ .code = 200, .headers = bad,
	    .n_headers = 1 };
	ok(http_head_write(&r, &out) == ST_INVALID && out.len == 0,
	    "a value cannot bring a header of its own");
	r = (struct http_response){ .code = 299 };
	ok(http_head_write(&r, &out) == ST_INVALID, "an unknown code");
	out = buf_over(text, 20);
	r = (struct http_response){ .code = 404, .has_length = true };
	ok(http_head_write(&r, &out) == ST_NO_SPACE && out.len == 0,
	    "a full buffer is left as it was");
}

static void
test_chunked(void)
{
	static const struct {
		const char *claim;
		struct span head;
		enum status st;
	} row[] = {
		{ "chunked", BYTES("POST / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: Chunked\r\n\r\n"), ST_OK },
		{ "gzip, chunked", BYTES("POST / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: gzip, chunked\r\n\r\n"),
		    ST_UNSUPPORTED },
		{ "chunked twice", BYTES("POST / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\nTransfer-Encoding: "
		    "chunked\r\n\r\n"), ST_UNSUPPORTED },
		{ "and a length", BYTES("POST / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"
		    "\r\n"), ST_MALFORMED },
		{ "HTTP/1.0", BYTES("POST / HTTP/1.0\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n"), ST_MALFORMED },
	};
	struct http_request r;
	size_t used;

	for (size_t i = 0; i < COUNT(row); i++) {
		enum status st = http_parse_chunked(row[i].head, &r, &used);

		ok(st == row[i].st && (st != ST_OK || r.chunked),
		    "R39 who takes chunks: %s", row[i].claim);
	}
	ok(http_parse(row[0].head, &r, &used) == ST_UNSUPPORTED,
	    "who does not, does not");
	ok(http_parse(BYTES("POST / HTTP/1.1\r\n" HOST
	    "Content-Encoding: gzip\r\n\r\n"), &r, &used) == ST_OK &&
	    span_is(r.content_encoding, "gzip"), "an encoding is told");
}

int
main(void)
{
	test_a_request();
	test_every_cut();
	test_accepted_and_refused();
	test_limits();
	test_queries();
	test_bearer();
	test_responses();
	test_chunked();
	return done_testing();
}
