#include "init/history.h"

#include <stdio.h>
#include <time.h>

/* gateway/clock: a clock before 2026 was never set. */
static const uint64_t set_s = 1767225600;

static const char unknown[] = "time unknown    ";

enum { DATE_BYTES = 17 };	/* "2026-11-22 09:31 " */

_Static_assert(sizeof(unknown) == DATE_BYTES, "as long as a date");

/* See history.h. */
const char *
history_date(uint64_t now_s, const char *text, char out[static HISTORY_LINE_MAX])
{
	time_t now = (time_t)now_s;
	char date[DATE_BYTES + 1] = "";
	struct tm tm;

	if (now_s < set_s || gmtime_r(&now, &tm) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(date, sizeof(date), "%s", unknown);
	snprintf(out, HISTORY_LINE_MAX, "%s %s", date, text);
	return out;
}

/* Where the last line begins; its end is not counted. */
static size_t
last_line(struct span file, size_t *len)
{
	size_t end = file.len, begin;

	while (end > 0 && file.ptr[end - 1] == '\n')
		end--;
	begin = end;
	while (begin > 0 && file.ptr[begin - 1] != '\n')
		begin--;
	*len = end - begin;
	return begin;
}

/* See history.h. */
void
history_last(struct span file, char out[static HISTORY_LINE_MAX])
{
	size_t len, begin = last_line(file, &len);

	if (len >= HISTORY_LINE_MAX)
		len = HISTORY_LINE_MAX - 1;
	if (len > 0)
		memcpy(out, file.ptr + begin, len);
	out[len] = '\0';
}

static unsigned
count_lines(struct span file)
{
	unsigned n = 0;

	for (size_t i = 0; i < file.len; i++)
		n += file.ptr[i] == '\n';
	return n;
}

static void
drop_first(struct buf *file)
{
	const uint8_t *end = memchr(file->ptr, '\n', file->len);
	size_t gone = end == NULL ? file->len : (size_t)(end - file->ptr) + 1;

	memmove(file->ptr, file->ptr + gone, file->len - gone);
	file->len -= gone;
}

static bool
says_the_same(const char *a, const char *b)
{
	return strlen(a) > DATE_BYTES && strlen(b) > DATE_BYTES &&
	    strcmp(a + DATE_BYTES, b + DATE_BYTES) == 0;
}

/* See history.h. */
void
history_add(struct buf *file, const char *line)
{
	char last[HISTORY_LINE_MAX], text[HISTORY_LINE_MAX + 1];

	history_last(buf_span(file), last);
	if (says_the_same(last, line))
		return;
	snprintf(text, sizeof(text), "%.*s\n", HISTORY_LINE_MAX - 1, line);
	if (file->len > 0 && file->ptr[file->len - 1] != '\n')
		file->ptr[file->len - 1] = '\n';	/* not one of ours */
	while (file->len > 0 && (count_lines(buf_span(file)) >= HISTORY_LINES ||
	    file->max - file->len < strlen(text)))
		drop_first(file);
	if (buf_append_text(file, text) != ST_OK)
		file->len = 0;	/* no room at all: not with HISTORY_BYTES */
}
