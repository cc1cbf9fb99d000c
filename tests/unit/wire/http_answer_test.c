#include "wire/http_answer.h"

#include <stdio.h>

#include "tap.h"

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })
#define OK_LINE "HTTP/1.1 200 OK\r\n"

static enum status
parse(struct span head, bool is_head, struct http_answer *a)
{
	size_t used = 0;
	enum status st = http_answer_parse(head, is_head, a, &used);

	return st == ST_OK && used > head.len ? ST_CORRUPT : st;
}

static const struct span whole = BYTES("HTTP/1.1 201 Created\r\n"
    "content-LENGTH: 12\r\nContent-Type: text/html; charset=utf-8\r\n"
    "ETag:  \"abc\" \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "X-Storage-Url: https://s/v1/A\r\nX-Auth-Token: t1\r\n"
    "X-Storage-Token: t2\r\nX-Subject-Token: t3\r\n"
    "X-Delete-At: 99\r\nCache-Control: no-store\r\n"
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: etag\r\nX-Container-Read: .r:*\r\n"
    "X-Versions-Enabled: True\r\nx-amz-checksum-sha256: AA==\r\n"
    "x-amz-version-id: v1\r\n"
    "Location: /x\r\nRetry-After: 7\r\nX-Other:\r\n\r\nhello");

static void
test_an_answer(void)
{
	struct http_answer a;
	size_t used = 0;

	ok(http_answer_parse(whole, false, &a, &used) == ST_OK &&
	    used == whole.len - 5, "a head ends at its empty line");
	ok(a.status == 201 && a.body == HTTP_BODY_LENGTH &&
	    a.content_length == 12 && a.keep_alive, "status and body");
	ok(span_is(a.content_type, "text/html; charset=utf-8") &&
	    span_is(a.etag, "\"abc\"") && span_is(a.location, "/x") &&
	    span_is(a.date, "Sun, 06 Nov 1994 08:49:37 GMT") &&
	    span_is(a.retry_after, "7"), "what every server says");
	ok(span_is(a.storage_url, "https://s/v1/A") &&
	    span_is(a.auth_token, "t1") && span_is(a.storage_token, "t2") &&
	    span_is(a.subject_token, "t3"), "a log-in's");
	ok(span_is(a.delete_at, "99") && span_is(a.container_read, ".r:*") &&
	    span_is(a.versions, "True") &&
	    span_is(a.checksum_sha256, "AA==") &&
	    span_is(a.version_id, "v1"), "a store's");
	ok(span_is(a.cache_control, "no-store") &&
	    span_is(a.allow_origin, "*") && span_is(a.expose_headers, "etag"),
	    "a browser's");
}

static void
test_every_cut(void)
{
	struct http_answer a;
	bool good = true;

	for (size_t cut = 0; cut < whole.len - 5; cut++)
		good = good &&
		    parse(span_slice(whole, 0, cut), false, &a) == ST_MORE;
	ok(good, "half a head is not whole, at any cut");
	ok(parse(span_slice(whole, 0, whole.len - 5), false, &a) == ST_OK,
	    "and then it is");
}

static const struct {
	const char *claim;
	struct span head;
	bool is_head;
	enum http_answer_body body;
	bool keep_alive;
} bodies[] = {
	{ "chunks", BYTES(OK_LINE "Transfer-Encoding: Chunked\r\n\r\n"),
	    false, HTTP_BODY_CHUNKED, true },
	{ "no length: to the end", BYTES(OK_LINE "\r\n"), false,
	    HTTP_BODY_TO_END, false },
	{ "length 0", BYTES(OK_LINE "Content-Length: 0\r\n\r\n"), false,
	    HTTP_BODY_NONE, true },
	{ "of HEAD", BYTES(OK_LINE "Content-Length: 9\r\n\r\n"), true,
	    HTTP_BODY_NONE, true },
	{ "of HEAD without a length", BYTES(OK_LINE "\r\n"), true,
	    HTTP_BODY_NONE, true },
	{ "100", BYTES("HTTP/1.1 100 Continue\r\n\r\n"), false,
	    HTTP_BODY_NONE, true },
	{ "204", BYTES("HTTP/1.1 204 No Content\r\n\r\n"), false,
	    HTTP_BODY_NONE, true },
	{ "304", BYTES("HTTP/1.1 304 Not Modified\r\n"
	    "Content-Length: 5\r\n\r\n"), false, HTTP_BODY_NONE, true },
	{ "closing", BYTES(OK_LINE "Connection: x, Close\r\n"
	    "Content-Length: 1\r\n\r\n"), false, HTTP_BODY_LENGTH, false },
	{ "HTTP/1.0", BYTES("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n"),
	    false, HTTP_BODY_LENGTH, false },
	{ "no reason", BYTES("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n"),
	    false, HTTP_BODY_LENGTH, true },
	{ "two cache-control, one reading",
	    BYTES(OK_LINE "Cache-Control: no-store\r\nCache-Control: x\r\n"
	    "Content-Length: 1\r\n\r\n"), false, HTTP_BODY_LENGTH, true },
};

static void
test_bodies(void)
{
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct http_answer a;

		ok(parse(bodies[i].head, bodies[i].is_head, &a) == ST_OK &&
		    a.body == bodies[i].body &&
		    a.keep_alive == bodies[i].keep_alive, "the body of: %s",
		    bodies[i].claim);
	}
}

static const struct {
	const char *claim;
	struct span head;
	enum status st;
} refused[] = {
	{ "two lengths", BYTES(OK_LINE "Content-Length: 1\r\n"
	    "Content-Length: 1\r\n\r\n"), ST_MALFORMED },
	{ "a list of lengths", BYTES(OK_LINE "Content-Length: 1, 1\r\n\r\n"),
	    ST_MALFORMED },
	{ "a sign", BYTES(OK_LINE "Content-Length: +1\r\n\r\n"),
	    ST_MALFORMED },
	{ "an empty length", BYTES(OK_LINE "Content-Length:\r\n\r\n"),
	    ST_MALFORMED },
	{ "a length that overflows", BYTES(OK_LINE
	    "Content-Length: 18446744073709551617\r\n\r\n"), ST_MALFORMED },
	{ "a length and chunks", BYTES(OK_LINE "Content-Length: 1\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), ST_MALFORMED },
	{ "chunks twice", BYTES(OK_LINE "Transfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), ST_UNSUPPORTED },
	{ "gzip", BYTES(OK_LINE "Transfer-Encoding: gzip, chunked\r\n\r\n"),
	    ST_UNSUPPORTED },
	{ "chunks of HTTP/1.0", BYTES("HTTP/1.0 200 OK\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"), ST_MALFORMED },
	{ "a folded line", BYTES(OK_LINE "A: b\r\n c\r\n\r\n"),
	    ST_MALFORMED },
	{ "a blank before the colon", BYTES(OK_LINE "A : b\r\n\r\n"),
	    ST_MALFORMED },
	{ "LF alone", BYTES(OK_LINE "A: b\nC: d\r\n\r\n"), ST_MALFORMED },
	{ "a zero byte", BYTES(OK_LINE "A: b\0c\r\n\r\n"), ST_MALFORMED },
	{ "two tokens", BYTES(OK_LINE "X-Auth-Token: a\r\n"
	    "X-Auth-Token: b\r\n\r\n"), ST_MALFORMED },
	{ "two types", BYTES(OK_LINE "Content-Type: a/b\r\n"
	    "Content-Type: c/d\r\n\r\n"), ST_MALFORMED },
	{ "status 99", BYTES("HTTP/1.1 099 X\r\n\r\n"), ST_MALFORMED },
	{ "status 600", BYTES("HTTP/1.1 600 X\r\n\r\n"), ST_MALFORMED },
	{ "four digits", BYTES("HTTP/1.1 2000 X\r\n\r\n"), ST_MALFORMED },
	{ "letters", BYTES("HTTP/1.1 2x0 X\r\n\r\n"), ST_MALFORMED },
	{ "HTTP/2", BYTES("HTTP/2 200 OK\r\n\r\n"), ST_MALFORMED },
	{ "HTTP/1.2", BYTES("HTTP/1.2 200 OK\r\n\r\n"), ST_MALFORMED },
	{ "a request", BYTES("GET / HTTP/1.1\r\n\r\n"), ST_MALFORMED },
	{ "SSH", BYTES("SSH-2.0-x\r\n\r\n"), ST_MALFORMED },
};

static void
test_refusals(void)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct http_answer a;
		enum status st = parse(refused[i].head, false, &a);

		ok(st == refused[i].st, "refused: %s (%s)", refused[i].claim,
		    status_text(st));
	}
}

static void
test_limits(void)
{
	static uint8_t in[HTTP_ANSWER_HEAD_MAX + 16];
	struct buf b = buf_over(in, sizeof(in));
	struct http_answer a;
	enum status st = buf_append_text(&b, OK_LINE);

	for (int i = 0; i < HTTP_ANSWER_HEADERS_MAX && st == ST_OK; i++)
		st = buf_append_text(&b, "A: b\r\n");
	if (st == ST_OK)
		st = buf_append_text(&b, "\r\n");
	ok(st == ST_OK && parse(buf_span(&b), false, &a) == ST_OK,
	    "as many headers as may be");
	b.len -= 2;
	st = buf_append_text(&b, "A: b\r\n\r\n");
	ok(st == ST_OK && parse(buf_span(&b), false, &a) == ST_TOO_BIG,
	    "one more is too many");
	memset(in + 20, 'a', sizeof(in) - 20);
	memcpy(in + sizeof(OK_LINE) - 1, "A: ", 3);
	ok(parse((struct span){ in, HTTP_ANSWER_HEAD_MAX - 1 }, false, &a) ==
	    ST_MORE && parse((struct span){ in, HTTP_ANSWER_HEAD_MAX }, false,
	    &a) == ST_TOO_BIG, "a head that does not end is too big");
}

static const struct {
	const char *text;
	uint64_t at_s;		/* 0: none */
} dates[] = {
	{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Thu, 01 Jan 1970 00:00:01 GMT", 1 },
	{ "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
	{ "Fri, 01 Mar 2024 00:00:00 GMT", 1709251200 },
	{ "Sun, 01 Mar 2026 00:00:00 GMT", 1772323200 },
	{ "Sat, 01 Mar 2200 00:00:00 GMT", 7263216000 },
	{ "Tue, 31 Dec 2030 12:00:00 GMT", 1924948800 },
	{ "Thu, 29 Feb 2025 00:00:00 GMT", 0 },
	{ "Sun, 06 Nov 1994 24:49:37 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:60:37 GMT", 0 },
	{ "Sun, 00 Nov 1994 08:49:37 GMT", 0 },
	{ "Sun, 06 Nox 1994 08:49:37 GMT", 0 },
	{ "Sux, 06 Nov 1994 08:49:37 GMT", 0 },
	{ "Sun, 06 Nov 1994 08:49:37 UTC", 0 },
	{ "Sun, 06 Nov 1994 08:49:3x GMT", 0 },
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 0 },
	{ "Sun Nov  6 08:49:37 1994", 0 },
	{ "Sun, 06 Nov 1869 08:49:37 GMT", 0 },
	{ "", 0 },
};

static void
test_dates(void)
{
	for (size_t i = 0; i < COUNT(dates); i++) {
		uint64_t at = 0;
		enum status st = http_date(span_of(dates[i].text), &at);

		ok(dates[i].at_s == 0 ? st == ST_MALFORMED && at == 0
		    : st == ST_OK && at == dates[i].at_s, "date %s",
		    dates[i].text);
	}
}

static void
test_retry_after(void)
{
	static const struct {
		const char *text;
		uint64_t s;
	} row[] = {
		{ "120", 120 }, { "", 0 }, { "soon", 0 }, { "-3", 0 },
		{ "999999999", 86400 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 37 },
		{ "Sun, 06 Nov 1994 08:48:37 GMT", 0 },
		{ "Wed, 06 Nov 1996 08:48:37 GMT", 86400 },
	};

	for (size_t i = 0; i < COUNT(row); i++) {
		struct http_answer a = { .retry_after = span_of(row[i].text) };

		ok(http_retry_after(&a, 784111740) == row[i].s,
		    "retry after: %s", row[i].text);
	}
}

int
main(void)
{
	test_an_answer();
	test_every_cut();
	test_bodies();
	test_refusals();
	test_limits();
	test_dates();
	test_retry_after();
	return done_testing();
}
