#include "wire/line.h"

enum {
	HEAD = 9,		/* type, session, position */
	ENDS_MAX = 6		/* times that 'C' is said */
};

_Static_assert(HEAD + LINE_PAYLOAD_MAX <= SLIP_FRAME_MAX, "a frame has room");

/* --- numbers --------------------------------------------------------------- */

static uint32_t
read_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
write_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Positions wrap: b stands in [a, a + most]. */
static bool
is_within(uint32_t a, uint32_t b, uint32_t most)
{
	return b - a <= most;
}

/* --- rings ----------------------------------------------------------------- */

static uint32_t
ring_used(const struct line_ring *r)
{
	return r->next - r->first;
}

static void
ring_put(struct line_ring *r, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		r->bytes[r->next++ % LINE_WINDOW] = s.ptr[i];
}

/* Bytes from `position` on, as many as lie in one piece. */
static struct span
ring_piece(const struct line_ring *r, uint32_t position)
{
	uint32_t at = position % LINE_WINDOW, len = r->next - position;

	if (len > LINE_WINDOW - at)
		len = LINE_WINDOW - at;
	return (struct span){ r->bytes + at, len };
}

/* --- states ---------------------------------------------------------------- */

/* See line.h. */
void
line_init(struct line *l)
{
	*l = (struct line){ .state = LINE_CLOSED, .why = LINE_END };
}

static void
begin(struct line *l, enum line_state state, uint32_t session, uint64_t now)
{
	*l = (struct line){ .state = state, .session = session,
	    .limit = LINE_WINDOW, .told = LINE_WINDOW, .heard_ms = now,
	    .progress_ms = now };
}

static void
close_for(struct line *l, enum line_reason why)
{
	l->state = LINE_CLOSED;
	l->why = why;
}

/* See line.h. */
void
line_open(struct line *l, uint32_t session, const char *name, uint64_t now_ms)
{
	begin(l, LINE_OPENING, session, now_ms);
	strncpy(l->name, name, LINE_NAME_MAX);
}

/* See line.h. */
void
line_accept(struct line *l)
{
	if (l->state != LINE_ASKED)
		return;
	l->state = LINE_OPEN;
	l->owes_ack = true;
}

/* See line.h. */
void
line_end(struct line *l, enum line_reason why)
{
	if (l->state == LINE_CLOSED || l->state == LINE_ENDING)
		return;
	if (why != LINE_END)		/* nobody waits for the rest */
		l->out.first = l->sent = l->out.next;
	l->state = LINE_ENDING;
	l->why = why;
	l->owes_end = true;
}

/* --- what comes ------------------------------------------------------------ */

/* Up to there they have taken ours, and have room up to `limit`. */
static void
take_ack(struct line *l, uint32_t position, struct span payload, uint64_t now)
{
	uint32_t limit;

	if (payload.len != 4 ||
	    !is_within(l->out.first, position, l->sent - l->out.first))
		return;
	limit = read_u32(payload.ptr);
	if (position != l->out.first)
		l->progress_ms = now;
	l->out.first = position;
	/* An older frame cannot come after a newer one, but a claim of more
	 * than a window is none. */
	if (is_within(position, limit, LINE_WINDOW))
		l->limit = limit;
	if (l->state == LINE_OPENING)
		l->state = LINE_OPEN;
}

/* Frames that were on their way when one was lost ask again for the same. */
static void
go_back(struct line *l, uint64_t now)
{
	l->sent = l->out.first;
	l->progress_ms = l->resent_ms = now;
}

static void
on_data(struct line *l, uint32_t position, struct span payload)
{
	bool fits = payload.len <= LINE_WINDOW - ring_used(&l->in);

	if (position != l->in.next || !fits) {
		/* Said again already, or something before it was lost. */
		l->owes_ack = true;
		l->owes_resend = is_within(l->in.next, position, LINE_WINDOW)
		    && position != l->in.next;
		return;
	}
	ring_put(&l->in, payload);
	l->owes_ack = true;
	l->owes_resend = false;
}

/* Whoever ends well says where; what is missing must come first. */
static void
on_end(struct line *l, uint32_t position, struct span payload)
{
	uint8_t why = payload.len > 0 ? payload.ptr[0] : LINE_LOST;

	if (why == LINE_END && position != l->in.next) {
		l->owes_ack = l->owes_resend = true;
		return;
	}
	l->has_ended = true;
	if (l->state != LINE_ENDING)
		l->why = (enum line_reason)why;
	else if (l->ends > 0 && ring_used(&l->out) == 0)
		close_for(l, l->why);
	if (l->state == LINE_OPENING || why != LINE_END)
		close_for(l, l->why);
}

static void
on_open(struct line *l, uint32_t session, struct span name, uint64_t now)
{
	if (session == l->session && l->state != LINE_CLOSED) {
		l->owes_ack = l->state == LINE_OPEN;	/* it was lost */
		return;
	}
	if (session == 0 || name.len == 0 || name.len > LINE_NAME_MAX)
		return;
	begin(l, LINE_ASKED, session, now);
	/* With a NUL in it, it is nobody's name: not the part before. */
	if (memchr(name.ptr, '\0', name.len) == NULL)
		memcpy(l->name, name.ptr, name.len);
}

static void
take_frame(struct line *l, uint8_t type, uint32_t position,
    struct span payload, uint64_t now)
{
	l->heard_ms = now;
	if (l->state == LINE_ASKED && type != 'C')
		return;		/* not before it was accepted */
	if (type == 'K' || type == 'R')
		take_ack(l, position, payload, now);
	if (type == 'R' && now - l->resent_ms >= LINE_RESEND_LEAST_MS)
		go_back(l, now);
	else if (type == 'D' && payload.len <= LINE_PAYLOAD_MAX &&
	    payload.len > 0)
		on_data(l, position, payload);
	else if (type == 'C')
		on_end(l, position, payload);
}

/* See line.h. */
void
line_receive(struct line *l, struct span frame, uint64_t now_ms)
{
	uint32_t session, position;
	struct span payload = span_slice(frame, HEAD, frame.len);

	if (frame.len < HEAD)
		return;
	session = read_u32(frame.ptr + 1);
	position = read_u32(frame.ptr + 5);
	if (frame.ptr[0] == 'O')
		on_open(l, session, payload, now_ms);
	else if (session == l->session && l->state != LINE_CLOSED)
		take_frame(l, frame.ptr[0], position, payload, now_ms);
	else if (frame.ptr[0] != 'C')
		l->strange = session;
}

/* See line.h. */
void
line_tick(struct line *l, uint64_t now_ms)
{
	uint64_t most = l->state == LINE_OPENING ? LINE_OPEN_MS
	    : LINE_SILENT_MS;

	if (l->state != LINE_CLOSED && now_ms - l->heard_ms >= most)
		close_for(l, LINE_SILENT);
	/* The last 'C' may have been lost for good. */
	if (l->state == LINE_ENDING && l->ends >= ENDS_MAX)
		close_for(l, l->why);
}

/* --- the streams ----------------------------------------------------------- */

/* See line.h. */
size_t
line_room(const struct line *l)
{
	return l->state == LINE_OPEN ? LINE_WINDOW - ring_used(&l->out) : 0;
}

/* See line.h. */
size_t
line_put(struct line *l, struct span bytes)
{
	bytes = span_slice(bytes, 0, line_room(l));
	ring_put(&l->out, bytes);
	return bytes.len;
}

/* See line.h. */
struct span
line_bytes(const struct line *l)
{
	return ring_piece(&l->in, l->in.first);
}

/* See line.h.  A window that opens again is told early enough that the line
 * never stands still. */
void
line_take(struct line *l, size_t n)
{
	l->in.first += (uint32_t)n;
	if (l->in.first + LINE_WINDOW - l->told >= LINE_WINDOW / 4)
		l->owes_ack = true;
}

/* See line.h. */
bool
line_is_drained(const struct line *l)
{
	return ring_used(&l->in) == 0 && (l->state == LINE_CLOSED ||
	    l->has_ended);
}

/* --- what goes ------------------------------------------------------------- */

static enum status
say(struct line *l, uint8_t type, uint32_t position, struct span payload,
    struct buf *out)
{
	uint8_t frame[SLIP_FRAME_MAX];
	struct buf b = buf_over(frame, sizeof(frame));

	frame[0] = type;
	write_u32(frame + 1, l->session);
	write_u32(frame + 5, position);
	b.len = HEAD;
	TRY(buf_append_span(&b, payload));
	return slip_write(buf_span(&b), out);
}

static enum status
say_open(struct line *l, uint64_t now, struct buf *out)
{
	if (l->said_ms != 0 && now - l->said_ms < LINE_RESEND_MS)
		return ST_NOT_FOUND;
	TRY(say(l, 'O', 0, span_of(l->name), out));
	l->said_ms = now;
	return ST_OK;
}

static enum status
say_ack(struct line *l, uint64_t now, struct buf *out)
{
	uint32_t limit = l->in.first + LINE_WINDOW;
	uint8_t payload[4];

	write_u32(payload, limit);
	TRY(say(l, l->owes_resend ? 'R' : 'K', l->in.next,
	    (struct span){ payload, sizeof(payload) }, out));
	l->told = limit;
	l->owes_ack = l->owes_resend = false;
	l->said_ms = now;
	return ST_OK;
}

static enum status
say_data(struct line *l, uint64_t now, struct buf *out)
{
	struct span piece = ring_piece(&l->out, l->sent);
	uint32_t room = l->limit - l->sent;

	if (room > LINE_WINDOW)		/* they have less room than before */
		room = 0;
	piece = span_slice(piece, 0, room < LINE_PAYLOAD_MAX ? room
	    : LINE_PAYLOAD_MAX);
	if (piece.len == 0)
		return ST_NOT_FOUND;
	TRY(say(l, 'D', l->sent, piece, out));
	if (l->sent == l->out.first)
		l->progress_ms = now;
	l->sent += (uint32_t)piece.len;
	l->said_ms = now;
	return ST_OK;
}

/* After the last byte was taken there; then as often as it takes. */
static enum status
say_end(struct line *l, uint64_t now, struct buf *out)
{
	uint8_t why = (uint8_t)l->why;

	if (!l->owes_end && now - l->said_ms >= LINE_RESEND_MS)
		l->owes_end = true;
	if (!l->owes_end || ring_used(&l->out) > 0)
		return ST_NOT_FOUND;
	TRY(say(l, 'C', l->out.next, (struct span){ &why, 1 }, out));
	l->owes_end = false;
	l->said_ms = now;
	/* A bad end is said once: whoever missed it asks a stranger next. */
	if (++l->ends >= ENDS_MAX || l->has_ended || why != LINE_END)
		close_for(l, l->why);
	return ST_OK;
}

static enum status
say_strange(struct line *l, struct buf *out)
{
	static const uint8_t why = LINE_STRANGE;
	uint32_t ours = l->session;
	enum status st;

	l->session = l->strange;
	st = say(l, 'C', 0, (struct span){ &why, 1 }, out);
	l->session = ours;
	if (st == ST_OK)
		l->strange = 0;
	return st;
}

/* See line.h. */
enum status
line_next(struct line *l, uint64_t now_ms, struct buf *out)
{
	enum status st = ST_NOT_FOUND;

	if (out->max - out->len < SLIP_WIRE_MAX)
		return ST_NO_SPACE;
	if (l->strange != 0)
		return say_strange(l, out);
	if (l->state == LINE_OPENING)
		return say_open(l, now_ms, out);
	if (l->state != LINE_OPEN && l->state != LINE_ENDING)
		return ST_NOT_FOUND;
	if (l->sent != l->out.first &&
	    now_ms - l->progress_ms >= LINE_RESEND_MS)
		go_back(l, now_ms);
	if (l->owes_ack || (l->state == LINE_OPEN &&
	    now_ms - l->said_ms >= LINE_ALIVE_MS))
		return say_ack(l, now_ms, out);
	st = say_data(l, now_ms, out);
	if (st == ST_NOT_FOUND && l->state == LINE_ENDING)
		st = say_end(l, now_ms, out);
	return st;
}
