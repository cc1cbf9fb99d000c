#include "init/relay.h"

#include <unistd.h>

static void
put(const struct relay *r, const char *line, size_t len)
{
	if (write(r->to, line, len) < 0)
		return;		/* nobody is left to be told */
}

/* See relay.h. */
void
relay_end(struct relay *r)
{
	static const char enough[] = "and more: not shown\n";

	if (r->len == 0)
		return;
	r->line[r->len++] = '\n';
	if (r->lines < RELAY_LINES_MAX)
		put(r, r->line, r->len);
	else if (r->lines == RELAY_LINES_MAX)
		put(r, enough, sizeof(enough) - 1);
	if (r->lines <= RELAY_LINES_MAX)
		r->lines++;
	r->len = 0;
}

/* See relay.h. */
void
relay_feed(struct relay *r, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t c = bytes.ptr[i];

		if (c == '\n' || r->len == RELAY_LINE_MAX)
			relay_end(r);
		if (c != '\n')
			r->line[r->len++] = c < ' ' || c == 0x7f ? '?'
			    : (char)c;
	}
}
