/*
 * caller.h -- one `guichet update` at the other end of a local socket: its
 * language, what is printed to it, its end.
 */
#ifndef UPDATE_CALLER_H
#define UPDATE_CALLER_H

#include "ipc/channel.h"
#include "update/refusal.h"
#include "update/texts.h"

/* After sysexits(3), as the command's own. */
enum { CALLER_DONE = 0, CALLER_REFUSED = 1, CALLER_AWAY = 69, CALLER_IO = 74 };

struct caller {
	struct channel guichet;
	bool     is_used, french;
	bool     is_over;	/* it was told its exit code */
	uint64_t heard_ms;	/* of the loop: when something last came */
};

/* To its standard output (1) or standard error (2). */
void caller_print(struct caller *c, int stream, enum text_id id, ...);
void caller_write(struct caller *c, int stream, struct span text);

/* Ends the command with `code`; it closes its end then. */
void caller_finish(struct caller *c, unsigned code);

/* Why not, and what is left of it: `aftermath`, with the slots' letters, other
 * one first; TEXT_COUNT: nothing to say.  Then ends the command. */
void caller_refuse(struct caller *c, enum refusal why, enum text_id aftermath,
    const char slots[static 2]);

/* Closes our end: the next one may have its place. */
void caller_clear(struct caller *c);

#endif
