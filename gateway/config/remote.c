#include "config/remote.h"

#include <stdio.h>

#include "config/address.h"

enum { PORT_DIGITS = 5, HTTPS_PORT = 443, MINUTES_DAY = 24 * 60,
	LOCAL_MAX = 64, MAILBOX_MAX = 254, LABEL_MAX = 63 };

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-';
}

/* Takes a host's name from the front of `text`: labels and full stops. */
static enum status
take_host(struct span *text, struct span *host)
{
	size_t i = 0, label = 0;

	for (; i < text->len; i++) {
		if (text->ptr[i] == '.' && label > 0)
			label = 0;
		else if (is_name(text->ptr[i]) && label < LABEL_MAX)
			label++;
		else
			break;
	}
	if (i == 0 || i > REMOTE_HOST_MAX || label == 0
	    || text->ptr[0] == '-')
		return ST_INVALID;
	*host = span_slice(*text, 0, i);
	*text = span_slice(*text, i, text->len);
	return ST_OK;
}

/* Takes ":1" to ":65535" from the front. */
static enum status
take_port(struct span *text, uint16_t *port)
{
	unsigned v = 0;
	size_t i = 1;

	for (; i < text->len && i <= PORT_DIGITS && is_digit(text->ptr[i]); i++)
		v = v * 10 + (unsigned)(text->ptr[i] - '0');
	if (i == 1 || v == 0 || v > UINT16_MAX)
		return ST_INVALID;
	*port = (uint16_t)v;
	*text = span_slice(*text, i, text->len);
	return ST_OK;
}

/* Parts that are not empty, of what no encoding is needed for. */
static bool
is_path(struct span path)
{
	static const char others[] = "/-._~!$&'()*+,;=:@%";

	for (size_t i = 0; i < path.len; i++) {
		uint8_t c = path.ptr[i];

		if (!is_name(c) && !(c >= 'A' && c <= 'Z')
		    && memchr(others, c, sizeof(others) - 1) == NULL)
			return false;
		if (c == '/' && (i + 1 == path.len || path.ptr[i + 1] == '/'))
			return false;
	}
	return path.len == 0 || path.ptr[0] == '/';
}

/* See remote.h. */
enum status
remote_parse_url(struct span text, struct remote *out)
{
	static const char scheme[] = "https://";
	struct span rest = span_slice(text, sizeof(scheme) - 1, text.len);
	struct remote r = { .port = HTTPS_PORT };

	if (!span_is(span_slice(text, 0, sizeof(scheme) - 1), scheme))
		return ST_INVALID;
	TRY(take_host(&rest, &r.host));
	if (rest.len > 0 && rest.ptr[0] == ':')
		TRY(take_port(&rest, &r.port));
	if (!is_path(rest))
		return ST_INVALID;
	r.path = rest;
	*out = r;
	return ST_OK;
}

/* See remote.h. */
enum status
remote_parse_server(struct span text, struct remote *out)
{
	struct remote r = { .port = 0 };

	TRY(take_host(&text, &r.host));
	if (text.len == 0 || text.ptr[0] != ':')
		return ST_INVALID;
	TRY(take_port(&text, &r.port));
	if (text.len > 0)
		return ST_INVALID;
	*out = r;
	return ST_OK;
}

static enum status
minutes(struct span text, unsigned *out)
{
	unsigned hour, minute;

	if (text.len != 5 || text.ptr[2] != ':' || !is_digit(text.ptr[0])
	    || !is_digit(text.ptr[1]) || !is_digit(text.ptr[3])
	    || !is_digit(text.ptr[4]))
		return ST_INVALID;
	hour = (unsigned)(text.ptr[0] - '0') * 10
	    + (unsigned)(text.ptr[1] - '0');
	minute = (unsigned)(text.ptr[3] - '0') * 10
	    + (unsigned)(text.ptr[4] - '0');
	if (minute > 59 || hour * 60 + minute > MINUTES_DAY)
		return ST_INVALID;
	*out = hour * 60 + minute;
	return ST_OK;
}

/* See remote.h. */
enum status
hours_parse(struct span text, unsigned *from_min, unsigned *until_min)
{
	unsigned from, until;

	if (text.len != 11 || text.ptr[5] != '-')
		return ST_INVALID;
	TRY(minutes(span_slice(text, 0, 5), &from));
	TRY(minutes(span_slice(text, 6, 5), &until));
	if (from >= until)
		return ST_INVALID;
	*from_min = from;
	*until_min = until;
	return ST_OK;
}

/* atext and full stops (RFC 5321 section 4.1.2, Dot-string). */
static bool
is_local(struct span s)
{
	static const char others[] = "!#$%&'*+-/=?^_`{|}~";
	bool after_stop = true;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		bool is_atom = is_name(c) || (c >= 'A' && c <= 'Z')
		    || memchr(others, c, sizeof(others) - 1) != NULL;

		if (!is_atom && (c != '.' || after_stop))
			return false;
		after_stop = c == '.';
	}
	return s.len > 0 && s.len <= LOCAL_MAX && !after_stop;
}

static bool
is_domain(struct span s)
{
	size_t label = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (is_name(c) || (c >= 'A' && c <= 'Z'))
			label++;
		else if (c == '.' && label > 0)
			label = 0;
		else
			return false;
	}
	return label > 0;
}

/* See remote.h. */
enum status
mailbox_check(struct span text)
{
	const uint8_t *at = text.len == 0 ? NULL
	    : memchr(text.ptr, '@', text.len);
	size_t local = at == NULL ? 0 : (size_t)(at - text.ptr);

	if (at == NULL || text.len > MAILBOX_MAX
	    || !is_local(span_slice(text, 0, local))
	    || !is_domain(span_slice(text, local + 1, text.len)))
		return ST_INVALID;
	return ST_OK;
}

static enum status
resolver(struct span one, struct sockaddr_storage *out)
{
	char text[80];
	socklen_t len;
	int written;

	while (one.len > 0 && one.ptr[0] == ' ')
		one = span_slice(one, 1, one.len);
	if (address_parse(one, out, &len) == ST_OK)
		return ST_OK;
	if (one.len == 0 || one.len > 48)
		return ST_INVALID;
	written = snprintf(text, sizeof(text),
	    memchr(one.ptr, ':', one.len) != NULL ? "[%.*s]:53" : "%.*s:53",
	    (int)one.len, (const char *)one.ptr);
	return address_parse((struct span){ (uint8_t *)text, (size_t)written },
	    out, &len);
}

/* See remote.h. */
enum status
resolvers_parse(struct span text, struct sockaddr_storage out[static RESOLVERS_MAX],
    size_t *n)
{
	size_t start = 0;

	*n = 0;
	if (span_is(text, "system"))
		return ST_OK;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.ptr[i] != ',')
			continue;
		if (*n == RESOLVERS_MAX)
			return ST_INVALID;
		TRY(resolver(span_slice(text, start, i - start), &out[*n]));
		++*n;
		start = i + 1;
	}
	return ST_OK;
}
