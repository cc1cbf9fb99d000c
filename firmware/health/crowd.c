#include "health/crowd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_BYTES = 256,	/* 150 with IPv4, 180 with IPv6 */
	READ_BYTES = 4096,
	FILE_BYTES = 4 << 20	/* of a list; connections that ended stand
				   in it for a minute */
};

/* --- a line ---------------------------------------------------------------- */

/* "  0: 0100007F:0A0F 0200007F:C350 01 ...": number, ours, theirs, state. */
enum { FIELD_OURS = 1, FIELD_THEIRS, FIELD_STATE, FIELDS };

static struct span
next_field(struct span *line)
{
	struct span field;
	size_t start = 0, end;

	while (start < line->len && line->ptr[start] == ' ')
		start++;
	for (end = start; end < line->len && line->ptr[end] != ' '; end++)
		continue;
	field = span_slice(*line, start, end - start);
	*line = span_slice(*line, end, line->len);
	return field;
}

/* Up to the colon. */
static struct span
address_of(struct span end)
{
	const uint8_t *colon = end.len == 0 ? NULL
	    : memchr(end.ptr, ':', end.len);

	return span_slice(end, 0, colon == NULL ? 0
	    : (size_t)(colon - end.ptr));
}

/* See crowd.h.  06 is TIME_WAIT, 0A is LISTEN. */
bool
crowd_counts(struct span line)
{
	struct span field[FIELDS], ours, theirs;

	for (int i = 0; i < FIELDS; i++)
		field[i] = next_field(&line);
	ours = address_of(field[FIELD_OURS]);
	theirs = address_of(field[FIELD_THEIRS]);
	if (ours.len == 0 || ours.len != theirs.len ||
	    field[FIELD_STATE].len != 2 || span_is(field[FIELD_STATE], "06") ||
	    span_is(field[FIELD_STATE], "0A"))
		return false;
	return memcmp(ours.ptr, theirs.ptr, ours.len) != 0;
}

/* --- the lists ------------------------------------------------------------- */

struct counter {
	uint8_t  line[LINE_BYTES];
	size_t   len;
	unsigned n;
};

/* What is longer than a line is cut: what counts stands at its start. */
static void
take(struct counter *c, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] != '\n') {
			if (c->len < sizeof(c->line))
				c->line[c->len++] = bytes.ptr[i];
			continue;
		}
		c->n += crowd_counts((struct span){ c->line, c->len });
		c->len = 0;
	}
}

static void
count(int fd, struct counter *c)
{
	uint8_t bytes[READ_BYTES];

	for (size_t all = 0; fd >= 0 && all < FILE_BYTES && c->n < CROWD_LEAST;) {
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		take(c, (struct span){ bytes, (size_t)n });
		all += (size_t)n;
	}
}

/* See crowd.h. */
void
crowd_open(struct crowd *c)
{
	c->fd[0] = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC);
	c->fd[1] = open("/proc/net/tcp6", O_RDONLY | O_CLOEXEC);
}

/* See crowd.h. */
unsigned
crowd_count(const struct crowd *c)
{
	struct counter counter = { .n = 0 };

	for (size_t i = 0; i < COUNT(c->fd); i++)
		count(c->fd[i], &counter);
	return counter.n < CROWD_LEAST ? counter.n : CROWD_LEAST;
}
