/* http_head_out() of http_lane.h: a request's head. */
#include <stdio.h>

#include "courier/http_lane.h"

enum { HTTPS_PORT = 443 };

/* Nothing of it can begin another header or another request. */
static bool
is_safe(const struct http_out *out)
{
	struct span headers = buf_span(&out->headers);
	struct span target = buf_span(&out->target);

	for (size_t i = 0; i < target.len; i++)
		if (target.ptr[i] <= ' ' || target.ptr[i] >= 0x7f)
			return false;
	for (size_t i = 0; i < headers.len; i++) {
		uint8_t c = headers.ptr[i];
		uint8_t next = i + 1 < headers.len ? headers.ptr[i + 1] : 0;

		/* Each line ends with CR LF, and none is empty. */
		if (c == '\r' && (next != '\n' || i + 2 > headers.len))
			return false;
		if (c == '\n' && (i == 0 || headers.ptr[i - 1] != '\r' ||
		    next == '\r'))
			return false;
		if (c == 0 || (c < ' ' && c != '\r' && c != '\n'))
			return false;
	}
	return headers.len == 0 || headers.ptr[headers.len - 1] == '\n';
}

static MUST_CHECK enum status
write_head(const struct http_out *out, const struct endpoint *to,
    bool closes, struct buf *head)
{
	char text[REMOTE_HOST_MAX + 160];

	TRY(buf_append_text(head, out->method));
	TRY(buf_append_text(head, " "));
	TRY(buf_append_span(head, buf_span(&out->target)));
	snprintf(text, sizeof(text), " HTTP/1.1\r\nHost: %s", to->host);
	TRY(buf_append_text(head, text));
	text[0] = '\0';
	if (to->port != HTTPS_PORT)
		snprintf(text, sizeof(text), ":%u", (unsigned)to->port);
	TRY(buf_append_text(head, text));
	TRY(buf_append_text(head, "\r\nUser-Agent: guichet\r\n"));
	snprintf(text, sizeof(text), "Content-Length: %llu\r\n",
	    (unsigned long long)out->body_bytes);
	if (out->has_body || out->body_bytes > 0)
		TRY(buf_append_text(head, text));
	if (closes)
		TRY(buf_append_text(head, "Connection: close\r\n"));
	TRY(buf_append_span(head, buf_span(&out->headers)));
	return buf_append_text(head, "\r\n");
}

/* See http_lane.h. */
enum status
http_head_out(const struct http_out *out, const struct endpoint *to,
    bool closes, struct buf *head)
{
	return is_safe(out) ? write_head(out, to, closes, head) : ST_INVALID;
}
