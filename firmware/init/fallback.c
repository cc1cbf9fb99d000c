#include "init/fallback.h"

/* What would let somebody send; a default need not be "none". */
static const char *const senders[] = { "mllp.listen", "mllps.listen",
    "fhir.listen" };
static const char service[] = "service.port";

/* See fallback.h.  Where the boot loader wrote down the other slot and this
 * one runs, it refused that one: there is no way back. */
bool
fallback_is_trial(unsigned slot, const struct record *record,
    const struct control *booted)
{
	return record != NULL && record->slot != slot && booted != NULL &&
	    booted->last == slot && booted->slot[record->slot].tries > 0;
}

/* --- lines, as config/config.c reads them ---------------------------------------- */

static struct span
trim(struct span s)
{
	static const char blank[] = " \t\r";

	while (s.len > 0 && memchr(blank, s.ptr[0], 3) != NULL)
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && memchr(blank, s.ptr[s.len - 1], 3) != NULL)
		s.len--;
	return s;
}

/* Editors put a mark before a text in UTF-8. */
static struct span
without_mark(struct span text)
{
	static const char mark[] = "\xef\xbb\xbf";
	const size_t len = sizeof(mark) - 1;

	return span_is(span_slice(text, 0, len), mark)
	    ? span_slice(text, len, text.len) : text;
}

/* Takes the next line off `text`, its line feed included. */
static struct span
next_line(struct span *text)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	size_t len = end == NULL ? text->len : (size_t)(end - text->ptr) + 1;
	struct span line = span_slice(*text, 0, len);

	*text = span_slice(*text, len, text->len);
	return line;
}

static bool
begins_section(struct span line)
{
	line = trim(line);
	return line.len > 0 && line.ptr[0] == '[';
}

/* The value where the line sets `key`; else false. */
static bool
sets(struct span line, const char *key, struct span *value)
{
	const uint8_t *equals;
	size_t at;

	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		line.len--;
	equals = line.len == 0 ? NULL : memchr(line.ptr, '=', line.len);
	if (equals == NULL)
		return false;
	at = (size_t)(equals - line.ptr);
	*value = trim(span_slice(line, at + 1, line.len));
	return span_is(trim(span_slice(line, 0, at)), key);
}

/* --- what is kept ------------------------------------------------------------------ */

/* "on" where one line of the file says exactly that; "off" where it says
 * anything else; NULL where it says nothing. */
static const char *
service_of(struct span refused)
{
	const char *found = NULL;
	struct span value;

	refused = without_mark(refused);
	while (refused.len > 0) {
		struct span line = next_line(&refused);

		if (begins_section(line))
			break;
		if (sets(line, service, &value))
			found = found == NULL && span_is(value, "on") ? "on"
			    : "off";
	}
	return found;
}

static bool
is_replaced(struct span line, bool has_service)
{
	struct span value;

	for (size_t i = 0; i < COUNT(senders); i++)
		if (sets(line, senders[i], &value))
			return true;
	return has_service && sets(line, service, &value);
}

static enum status
write_pair(const char *key, const char *value, struct buf *out)
{
	TRY(buf_append_text(out, key));
	TRY(buf_append_text(out, " = "));
	TRY(buf_append_text(out, value));
	return buf_append_text(out, "\n");
}

/* See fallback.h.  Ours come first: behind a [section] they would be its. */
enum status
fallback_write(struct span image, struct span refused, struct buf *out)
{
	const char *port = service_of(refused);
	bool is_top = true;

	for (size_t i = 0; i < COUNT(senders); i++)
		TRY(write_pair(senders[i], "none", out));
	if (port != NULL)
		TRY(write_pair(service, port, out));
	image = without_mark(image);
	while (image.len > 0) {
		struct span line = next_line(&image);

		is_top = is_top && !begins_section(line);
		if (!is_top || !is_replaced(line, port != NULL))
			TRY(buf_append_span(out, line));
	}
	return ST_OK;
}
