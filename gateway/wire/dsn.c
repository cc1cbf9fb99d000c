#include "wire/dsn.h"

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* `word` is in lower case. */
static bool
starts(struct span s, const char *word)
{
	size_t len = strlen(word);

	if (s.len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(s.ptr[i]) != (uint8_t)word[i])
			return false;
	return true;
}

static bool
contains(struct span s, const char *word)
{
	for (; s.len > 0; s = span_slice(s, 1, s.len))
		if (starts(s, word))
			return true;
	return false;
}

/* Takes `name`, in lower case with its colon, and blanks off a line. */
static bool
take_field(struct span *line, const char *name)
{
	if (!starts(*line, name))
		return false;
	*line = span_slice(*line, strlen(name), line->len);
	while (line->len > 0 && (line->ptr[0] == ' ' || line->ptr[0] == '\t'))
		*line = span_slice(*line, 1, line->len);
	return true;
}

/* See dsn.h. */
void
dsn_start(struct dsn *d, struct span domain)
{
	*d = (struct dsn){ .domain = domain };
}

static void
header_line(struct dsn *d, struct span line)
{
	if (take_field(&line, "content-type:"))
		d->is_report |= starts(line, "multipart/report");
	else if (take_field(&line, "return-path:"))
		d->is_report |= starts(line, "<>");
	else if (take_field(&line, "from:"))
		d->is_report |= contains(line, "mailer-daemon");
	else if (take_field(&line, "subject:"))
		d->is_delay |= contains(line, "delay") ||
		    contains(line, "warning") || contains(line, "success");
}

static bool
is_base64url(uint8_t c)
{
	uint8_t l = lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* "REFERENCE@DOMAIN" and nothing more but what `ends` has or a blank. */
static void
read_reference(struct dsn *d, struct span s, char ends)
{
	size_t at = DSN_REFERENCE + 1, end = at + d->domain.len;

	if (s.len < end || s.ptr[DSN_REFERENCE] != '@' || d->domain.len == 0)
		return;
	for (size_t i = 0; i < DSN_REFERENCE; i++)
		if (!is_base64url(s.ptr[i]))
			return;
	for (size_t i = 0; i < d->domain.len; i++)
		if (lower(s.ptr[at + i]) != lower(d->domain.ptr[i]))
			return;
	if (s.len > end && s.ptr[end] != (uint8_t)ends && s.ptr[end] != ' ')
		return;
	/* The first stands: what a report quotes may hold others. */
	if (!d->has_reference)
		memcpy(d->reference, s.ptr, DSN_REFERENCE);
	d->has_reference = true;
}

/* "5.1.1"; RFC 3463 section 2. */
static void
read_status(struct dsn *d, struct span s)
{
	unsigned n[3] = { 0 };
	size_t i = 0;

	for (unsigned part = 0; part < 3; part++) {
		size_t digits = 0;

		for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9' &&
		    digits < 3; digits++)
			n[part] = n[part] * 10 + (unsigned)(s.ptr[i++] - '0');
		if (digits == 0 || (part < 2 && (i == s.len ||
		    s.ptr[i++] != '.')))
			return;
	}
	if (d->has_status)
		return;
	d->has_status = true;
	memcpy(d->status, n, sizeof(n));
}

static void
body_line(struct dsn *d, struct span line)
{
	if (take_field(&line, "original-envelope-id:")) {
		read_reference(d, line, ' ');
	} else if (take_field(&line, "message-id:")) {
		if (line.len > 0 && line.ptr[0] == '<')
			read_reference(d, span_slice(line, 1, line.len), '>');
	} else if (take_field(&line, "action:")) {
		d->has_action = true;
		d->has_failed |= starts(line, "failed");
	} else if (take_field(&line, "status:")) {
		read_status(d, line);
	}
}

/* See dsn.h. */
void
dsn_line(struct dsn *d, struct span line)
{
	if (d->in_body)
		body_line(d, line);
	else if (line.len == 0)
		d->in_body = true;
	else
		header_line(d, line);
}

/* See dsn.h. */
enum dsn_kind
dsn_end(const struct dsn *d)
{
	if (!d->is_report || !d->has_reference)
		return DSN_NOT_OURS;
	if (d->has_action)
		return d->has_failed ? DSN_FAILED : DSN_OTHER;
	return d->is_delay ? DSN_OTHER : DSN_FAILED;
}
