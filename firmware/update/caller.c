#include "update/caller.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"

enum { LINE_BYTES = 1024, OUTPUT_BYTES = 8192 };	/* UPDATE_OUTPUT.text */

/* See caller.h. */
void
caller_write(struct caller *c, int stream, struct span text)
{
	struct message m = { .id = MSG_UPDATE_OUTPUT,
	    .update_output = { .stream = (uint64_t)stream } };

	m.update_output.text = span_slice(text, 0, OUTPUT_BYTES);
	/* Whoever left is told nothing: on_lost is on its way. */
	if (channel_send(&c->guichet, &m) != ST_OK)
		log_line(LOG_WARNING, "a command left before its end");
}

/* See caller.h. */
void
caller_print(struct caller *c, int stream, enum text_id id, ...)
{
	char line[LINE_BYTES];
	va_list args;
	int len;

	va_start(args, id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* Both columns of texts.def are checked by a test. */
	len = vsnprintf(line, sizeof(line), text_in(c->french, id), args);
#pragma GCC diagnostic pop
	va_end(args);
	if (len > 0)
		caller_write(c, stream, span_of(line));
}

/* See caller.h. */
void
caller_finish(struct caller *c, unsigned code)
{
	struct message m = { .id = MSG_UPDATE_EXIT, .update_exit = { code } };

	c->is_over = true;
	if (channel_send(&c->guichet, &m) != ST_OK)
		log_line(LOG_WARNING, "a command left before its end");
}

static unsigned
code_of(enum refusal why)
{
	switch (why) {
	case REFUSAL_BUSY:
	case REFUSAL_NOT_READY:
	case REFUSAL_NOT_HEALTHY:
		return CALLER_AWAY;
	case REFUSAL_MEDIUM:
	case REFUSAL_READ_BACK:
	case REFUSAL_CONTROL:
		return CALLER_IO;
	default:
		return CALLER_REFUSED;
	}
}

/* See caller.h. */
void
caller_refuse(struct caller *c, enum refusal why, enum text_id aftermath,
    const char slots[static 2])
{
	caller_print(c, 2, TEXT_REFUSED, refusal_text(why, c->french));
	if (aftermath != TEXT_COUNT)
		caller_print(c, 2, aftermath, slots[0], slots[1]);
	caller_finish(c, code_of(why));
}

/* See caller.h. */
void
caller_clear(struct caller *c)
{
	channel_close(&c->guichet);
	*c = (struct caller){ 0 };
}
