/*
 * line.h -- a stream of bytes each way over a line that loses frames: the
 * service port.  docs/formats/service.md has the frames.
 *
 * One side opens, the other serves; otherwise both are alike.  What was not
 * taken is sent again from where the other side stands; nobody sends more
 * than the other has room for; whoever says nothing for LINE_SILENT_MS is
 * gone.  Pure: times are the caller's (any clock that only goes forward).
 *
 *   CLOSED --line_open()--> OPENING --first answer--> OPEN
 *   CLOSED --'O' from there--> ASKED --line_accept()--> OPEN
 *   OPEN --line_end()--> ENDING --'C' both ways--> CLOSED
 *   any --'C' from there, silence--> CLOSED, with the reason in `why`
 */
#ifndef WIRE_LINE_H
#define WIRE_LINE_H

#include "wire/slip.h"

enum {
	LINE_WINDOW = 16384,	/* bytes on their way, each way; 2^n */
	LINE_PAYLOAD_MAX = 1024,
	LINE_NAME_MAX = 16,
	LINE_RESEND_MS = 500,
	LINE_RESEND_LEAST_MS = 50,
	LINE_ALIVE_MS = 2000,	/* something is said as often as that */
	LINE_OPEN_MS = 8000,
	LINE_SILENT_MS = 15000
};

enum line_state { LINE_CLOSED, LINE_OPENING, LINE_ASKED, LINE_OPEN,
    LINE_ENDING };

/* As it stands in 'C'. */
enum line_reason {
	LINE_END = 'e',		/* all was said */
	LINE_UNKNOWN = 'u',	/* no service of that name */
	LINE_AWAY = 'a',	/* it does not answer */
	LINE_LOST = 'l',	/* it went away in the middle */
	LINE_STRANGE = 's',	/* no such session (any more) */
	LINE_SILENT = '-'	/* never sent: the other side says nothing */
};

/* A window of a stream; positions count its bytes, modulo 2^32. */
struct line_ring {
	uint8_t  bytes[LINE_WINDOW];
	uint32_t first, next;	/* bytes [first, next) are here */
};

/* Fields belong to line.c; the first four are for reading. */
struct line {
	enum line_state state;
	enum line_reason why;	/* of CLOSED */
	char name[LINE_NAME_MAX + 1];	/* of OPENING and ASKED: the service,
					   empty where it can be none */
	uint32_t session;
	/* ---- */
	struct line_ring out;	/* not yet taken there */
	uint32_t sent;		/* of it: on its way */
	uint32_t limit;		/* how far they have room */
	struct line_ring in;	/* not yet taken by our owner */
	uint32_t told;		/* the last limit that we gave */
	bool owes_ack, owes_resend, owes_end, has_ended;
	uint32_t strange;	/* a session to refuse; 0: none */
	unsigned ends;		/* 'C' sent */
	uint64_t heard_ms, said_ms, progress_ms, resent_ms;
};

void line_init(struct line *l);

/* Opens a session: `session` is random and not 0. */
void line_open(struct line *l, uint32_t session, const char *name,
    uint64_t now_ms);

/* ASKED: there is such a service, and it is there. */
void line_accept(struct line *l);

/* What slip_push() found; anything is allowed.  A new 'O' ends what was open
 * before: the state is ASKED then. */
void line_receive(struct line *l, struct span frame, uint64_t now_ms);

/* Time has passed: silence ends a session. */
void line_tick(struct line *l, uint64_t now_ms);

/* Bytes to send: how many fit; appends that many of `bytes`. */
size_t line_room(const struct line *l);
size_t line_put(struct line *l, struct span bytes);

/* Bytes that came: as many as lie in one piece; takes `n` of them. */
struct span line_bytes(const struct line *l);
void line_take(struct line *l, size_t n);

/* Nothing will come any more, and all that came was taken. */
bool line_is_drained(const struct line *l);

/* Once all is sent, or at once where `why` is not LINE_END. */
void line_end(struct line *l, enum line_reason why);

/*
 * The next frame, as it goes over the line.  Until nothing is left:
 *
 *   ST_OK         appended
 *   ST_NOT_FOUND  nothing to say now
 *   ST_NO_SPACE   `out` has less than SLIP_WIRE_MAX left
 */
MUST_CHECK enum status
line_next(struct line *l, uint64_t now_ms, struct buf *out);

#endif
