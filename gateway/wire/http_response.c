/* http_head_write() of http.h. */
#include "wire/http.h"

#include <stdio.h>

enum { LINE_MAX_LEN = 64 };

static const char *
reason_of(unsigned code)
{
	static const struct {
		unsigned code;
		const char *reason;
	} row[] = {
		{ 100, "Continue" }, { 200, "OK" }, { 201, "Created" },
		{ 204, "No Content" }, { 301, "Moved Permanently" },
		{ 304, "Not Modified" }, { 308, "Permanent Redirect" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
		{ 408, "Request Timeout" }, { 409, "Conflict" },
		{ 410, "Gone" }, { 411, "Length Required" },
		{ 413, "Content Too Large" }, { 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" }, { 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		if (row[i].code == code)
			return row[i].reason;
	return NULL;
}

/* No header can start another one (RFC 9110 section 5.5). */
static bool
is_safe(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] >= 0x7f)
			return false;
	return true;
}

static enum status
put_header(struct buf *out, const char *name, struct span value)
{
	if (name[0] == '\0' || !is_safe(span_of(name)) || !is_safe(value))
		return ST_INVALID;
	TRY(buf_append_text(out, name));
	TRY(buf_append_text(out, ": "));
	TRY(buf_append_span(out, value));
	return buf_append_text(out, "\r\n");
}

static enum status
write_head(const struct http_response *r, struct buf *out)
{
	char line[LINE_MAX_LEN];
	const char *reason = reason_of(r->code);

	if (reason == NULL)
		return ST_INVALID;
	snprintf(line, sizeof(line), "HTTP/1.1 %u ", r->code);
	TRY(buf_append_text(out, line));
	TRY(buf_append_text(out, reason));
	TRY(buf_append_text(out, "\r\n"));
	for (size_t i = 0; i < r->n_headers; i++)
		TRY(put_header(out, r->headers[i].name, r->headers[i].value));
	if (r->has_length) {
		snprintf(line, sizeof(line), "%llu",
		    (unsigned long long)r->content_length);
		TRY(put_header(out, "Content-Length", span_of(line)));
	}
	/* 1xx is no answer yet: it says nothing about the connection. */
	if (!r->keep_alive && r->code >= 200)
		TRY(put_header(out, "Connection", span_of("close")));
	return buf_append_text(out, "\r\n");
}

/* See http.h. */
enum status
http_head_write(const struct http_response *response, struct buf *out)
{
	size_t before = out->len;
	enum status st = write_head(response, out);

	if (st != ST_OK)
		out->len = before;
	return st;
}
