#include "intake/session.h"

#include "base/log.h"
#include "wire/hl7.h"

enum { VT = 0x0b, FS = 0x1c, CR = 0x0d };

/* MLLP release 2: what was sent is stored, or it is not. */
enum { COMMITTED = 0x06, NOT_COMMITTED = 0x15 };

static void on_conn_event(void *owner, enum conn_event ev);

static uint64_t
now_ms(const struct session *s)
{
	return uv_now(s->conn.timer.loop);
}

/* --- memory that holds plaintext ------------------------------------------- */

static void
forget_frame(struct session *s)
{
	s->rest = (struct span){ 0 };
	region_clear(&s->frame, s->frame_used);
	s->frame_used = 0;
	budget_keep(s->limits->receiving, &s->ticket, 0);
}

/* See session.h. */
void
session_forget_frame(struct session *s)
{
	if (s->rest.len == 0)
		forget_frame(s);
}

/* A push may drop a partial frame and begin another: the frame's length
 * alone does not say how far the region was written to. */
static void
expect_growth(struct session *s)
{
	size_t reach = s->mllp.frame.len + s->unread.len;

	if (reach > s->mllp.frame.max)
		reach = s->mllp.frame.max;
	if (reach > s->frame_used)
		s->frame_used = reach;
}

/* What was read is wiped as soon as all of it stands in the frame. */
static void
forget_input(struct session *s)
{
	region_clear(&s->input, conn_bytes(&s->conn).len);
}

static enum session_state
close_it(struct session *s)
{
	forget_input(s);
	conn_close(&s->conn);
	return SESSION_CLOSING;
}

static enum session_state next_frame(struct session *s);

/* --- answering ------------------------------------------------------------- */

static void
frame_into(uint8_t *to, size_t len)
{
	to[0] = VT;
	to[len + 1] = FS;
	to[len + 2] = CR;
}

static enum session_state
write_it(struct session *s, const uint8_t *ptr, size_t len)
{
	s->active_ms = now_ms(s);
	s->conn.idle_ms = s->limits->idle_ms;
	conn_write(&s->conn, (struct span){ ptr, len });
	return SESSION_REPLYING;
}

static enum session_state
commit(struct session *s, uint8_t byte)
{
	s->commit[1] = byte;
	frame_into(s->commit, 1);
	return write_it(s, s->commit, sizeof(s->commit));
}

static enum session_state
reply(struct session *s, struct span ack, uint8_t byte)
{
	size_t room = sizeof(s->reply) - 3;

	if (ack.len > room)
		unexpected("ACK longer than its limit", (int)ack.len);
	memmove(s->reply + 1, ack.ptr, ack.len);	/* may stand there */
	frame_into(s->reply, ack.len);
	s->reply_len = ack.len + 3;
	s->has_reply = s->commits;
	return s->commits ? commit(s, byte) :
	    write_it(s, s->reply, s->reply_len);
}

/* The message needs no answer, but what is stored is said to be. */
static enum session_state
answer_nothing(struct session *s, uint8_t byte)
{
	s->has_reply = false;
	return commit(s, byte);
}

/* --- reading --------------------------------------------------------------- */

/* How long the next byte may take: half a second where <FS> may have been the
 * end, any time between frames, the idle limit inside one. */
static uint64_t
patience_ms(struct session *s)
{
	if (s->mllp.at == MLLP_AFTER_FS)
		return SESSION_PAUSE_MS;
	return s->limits->idle_ms;
}

static enum session_state
read_more(struct session *s)
{
	if (s->has_ended)
		return close_it(s);
	s->conn.idle_ms = patience_ms(s);
	conn_read(&s->conn);
	return SESSION_READING;
}

/* What the peer says of our answer. */
static bool
is_commit(struct span frame)
{
	return frame.len == 1 &&
	    (frame.ptr[0] == COMMITTED || frame.ptr[0] == NOT_COMMITTED);
}

/* By way of step(): there may be thousands in a row. */
static enum session_state
skip(struct session *s)
{
	s->later = SESSION_EV_SKIP;
	s->has_later = true;
	return SESSION_STORING;
}

/* A frame with several messages (an HL7 batch) is stored and answered one by
 * one; one without any goes on as it is, to be refused. */
static enum session_state
store(struct session *s)
{
	struct span frame = mllp_frame(&s->mllp), message;

	pace_end(&s->pace);
	if (s->commits && is_commit(frame))
		return skip(s);
	intake_count(s, SESSION_FRAME);
	s->rest = frame;
	s->one_answer = hl7_batch_read(frame, &s->batch) == ST_OK &&
	    intake_begin_batch(s, &s->batch);
	/* The first takes what stands before it along: a byte order mark. */
	if (hl7_next_message(&s->rest, &message) == ST_OK)
		message = span_slice(frame, 0, frame.len - s->rest.len);
	else
		message = frame;
	if (message.len == frame.len)
		s->rest = (struct span){ 0 };
	intake_store(s, message);
	return SESSION_STORING;
}

static enum session_state
answer_batch(struct session *s)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf ack = buf_over(text, sizeof(text));

	s->one_answer = false;
	if (intake_answer_batch(s, &s->batch, &ack) != ST_OK)
		return close_it(s);
	return reply(s, buf_span(&ack), COMMITTED);
}

/* After an answer: the next message of a batch, or whatever is read next. */
static enum session_state
next_message(struct session *s)
{
	struct span message;

	if (s->rest.len > 0) {
		if (hl7_next_message(&s->rest, &message) == ST_OK) {
			intake_store(s, message);
			return SESSION_STORING;
		}
		forget_frame(s);	/* what is left ends the batch */
	}
	return s->one_answer ? answer_batch(s) : next_frame(s);
}

/* What comes next waits for a turn of the loop: a frame may hold a million
 * messages that are refused as soon as they are looked at, and others want
 * their answers. */
static enum session_state
take_turns(struct session *s)
{
	if (s->rest.len == 0 || ++s->in_a_row < SESSION_ROW_MAX)
		return next_message(s);
	s->in_a_row = 0;
	return write_it(s, s->reply, 0);
}

/* A message of a batch with one answer is done; even where the role wants to
 * stop, the others follow: the sender could not be told of half a batch. */
static enum session_state
one_of_batch(struct session *s, struct span ack)
{
	hl7_batch_add(&s->batch, ack);
	return take_turns(s);
}

/* The answer goes out, the rest of the frame is thrown away (R7). */
static enum session_state
refuse_big(struct session *s)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf ack = buf_over(text, sizeof(text));
	enum status st = intake_refuse_big(s, mllp_frame(&s->mllp), &ack);

	intake_count(s, SESSION_BIG);
	forget_frame(s);
	forget_input(s);
	s->unread.len = 0;
	s->is_last = true;
	return st == ST_OK ? reply(s, buf_span(&ack), COMMITTED) : close_it(s);
}

static bool
is_too_slow(struct session *s)
{
	if (mllp_is_idle(&s->mllp)) {
		pace_end(&s->pace);
		return false;
	}
	return pace_is_slow(&s->pace, now_ms(s), s->limits->idle_ms,
	    s->mllp.frame.len);
}

static enum session_state
all_pushed(struct session *s)
{
	forget_input(s);
	budget_keep(s->limits->receiving, &s->ticket,
	    s->mllp.frame.len < s->ticket.held ? s->mllp.frame.len :
	    s->ticket.held);
	if (is_too_slow(s)) {
		intake_count(s, SESSION_SLOW);
		return close_it(s);
	}
	return read_more(s);
}

/* Feeds what is here already to the framer, within the budget. */
static enum session_state
push(struct session *s)
{
	expect_growth(s);
	switch (mllp_push(&s->mllp, &s->unread)) {
	case ST_OK:
		return store(s);
	case ST_MORE:
		return all_pushed(s);
	case ST_TOO_BIG:
		return refuse_big(s);
	default:
		intake_count(s, SESSION_NOISE);
		return close_it(s);
	}
}

static enum session_state
next_frame(struct session *s)
{
	if (s->unread.len == 0)
		return all_pushed(s);
	if (!budget_take(s->limits->receiving, &s->ticket, s->unread.len))
		return SESSION_WAITING;
	return push(s);
}

static enum session_state
sender_ended(struct session *s)
{
	s->has_ended = true;
	switch (mllp_end_of_input(&s->mllp)) {
	case ST_OK:
		return store(s);
	case ST_MALFORMED:
		intake_count(s, SESSION_CUT);
		break;
	default:
		break;
	}
	return close_it(s);
}

static enum session_state
paused(struct session *s)
{
	if (mllp_pause(&s->mllp) == ST_OK)
		return store(s);
	if (mllp_is_idle(&s->mllp))
		return read_more(s);
	intake_count(s, SESSION_SLOW);
	return close_it(s);
}

static enum session_state
first_bytes(struct session *s)
{
	s->active_ms = now_ms(s);
	if (!s->is_admitted && !intake_admit(s))
		return close_it(s);
	s->is_admitted = true;
	s->unread = conn_bytes(&s->conn);
	return next_frame(s);
}

/* --- one function per state ------------------------------------------------ */

static enum session_state
in_reading(struct session *s, enum session_event ev)
{
	switch (ev) {
	case SESSION_EV_BYTES:
		return first_bytes(s);
	case SESSION_EV_EOF:
		return sender_ended(s);
	case SESSION_EV_TIMEOUT:
		return paused(s);
	case SESSION_EV_FAILED:
		intake_count(s, mllp_is_idle(&s->mllp) ? SESSION_LOST :
		    SESSION_CUT);
		return close_it(s);
	case SESSION_EV_STOP:
		return close_it(s);
	default:
		unexpected("session event in READING", (int)ev);
	}
}

static enum session_state
in_waiting(struct session *s, enum session_event ev)
{
	switch (ev) {
	case SESSION_EV_ROOM:
		/* That it had to wait is not its fault. */
		pace_start(&s->pace, now_ms(s), s->limits->idle_ms);
		return push(s);
	case SESSION_EV_STOP:
		return close_it(s);
	default:
		unexpected("session event in WAITING", (int)ev);
	}
}

/* All of the frame will come again. */
static enum session_state
not_stored(struct session *s)
{
	if (!s->commits)
		return close_it(s);
	s->one_answer = false;
	forget_frame(s);
	return answer_nothing(s, NOT_COMMITTED);
}

static enum session_state
answer(struct session *s, uint8_t byte)
{
	struct span ack = { s->reply, s->reply_len };

	if (s->one_answer && s->commits && byte == NOT_COMMITTED)
		return not_stored(s);
	return s->one_answer ? one_of_batch(s, ack) : reply(s, ack, byte);
}

static enum session_state
ignored(struct session *s)
{
	if (s->one_answer)
		return one_of_batch(s, (struct span){ 0 });
	if (s->commits)
		return answer_nothing(s, COMMITTED);
	return s->is_last ? close_it(s) : take_turns(s);
}

static enum session_state
in_storing(struct session *s, enum session_event ev)
{
	switch (ev) {
	case SESSION_EV_ANSWER:
		return answer(s, COMMITTED);
	case SESSION_EV_LATER:
		return answer(s, NOT_COMMITTED);
	case SESSION_EV_IGNORED:
		return ignored(s);
	case SESSION_EV_SKIP:
		forget_frame(s);
		return s->is_last ? close_it(s) : next_frame(s);
	case SESSION_EV_NOTHING:
		return not_stored(s);
	case SESSION_EV_STOP:
		s->is_last = true;
		return SESSION_STORING;
	default:
		unexpected("session event in STORING", (int)ev);
	}
}

static enum session_state
in_replying(struct session *s, enum session_event ev)
{
	switch (ev) {
	case SESSION_EV_WRITTEN:
		s->active_ms = now_ms(s);
		if (s->has_reply) {
			s->has_reply = false;
			return write_it(s, s->reply, s->reply_len);
		}
		if (!s->is_last || (s->one_answer && s->rest.len > 0))
			return next_message(s);
		s->conn.idle_ms = SESSION_LINGER_MS;
		s->lingers_until_ms = now_ms(s) + SESSION_LINGER_MAX_MS;
		conn_shut(&s->conn);
		return SESSION_LINGERING;
	case SESSION_EV_STOP:
		s->is_last = true;
		return SESSION_REPLYING;
	case SESSION_EV_TIMEOUT:
	case SESSION_EV_FAILED:
		return close_it(s);
	default:
		unexpected("session event in REPLYING", (int)ev);
	}
}

static enum session_state
in_lingering(struct session *s, enum session_event ev)
{
	switch (ev) {
	case SESSION_EV_BYTES:
		forget_input(s);
		if (now_ms(s) >= s->lingers_until_ms)
			return close_it(s);
		conn_read(&s->conn);
		return SESSION_LINGERING;
	case SESSION_EV_WRITTEN:
		conn_read(&s->conn);
		return SESSION_LINGERING;
	case SESSION_EV_EOF:
	case SESSION_EV_TIMEOUT:
	case SESSION_EV_FAILED:
	case SESSION_EV_STOP:
		return close_it(s);
	default:
		unexpected("session event in LINGERING", (int)ev);
	}
}

static enum session_state
in_closing(struct session *s, enum session_event ev)
{
	(void)s;
	return ev == SESSION_EV_CLOSED ? SESSION_DONE : SESSION_CLOSING;
}

static enum session_state
in_done(struct session *s, enum session_event ev)
{
	(void)s;
	unexpected("session event in DONE", (int)ev);
}

/* The whole machine: every transition passes through here. */
static void
step(struct session *s, enum session_event ev)
{
	static enum session_state (*const in[SESSION_STATES])(struct session *,
	    enum session_event) = {
		[SESSION_READING]   = in_reading,
		[SESSION_WAITING]   = in_waiting,
		[SESSION_STORING]   = in_storing,
		[SESSION_REPLYING]  = in_replying,
		[SESSION_LINGERING] = in_lingering,
		[SESSION_CLOSING]   = in_closing,
		[SESSION_DONE]      = in_done,
	};

	/* A result that comes from inside intake_store() has its turn when
	 * the state that asked for it is reached. */
	if (s->is_stepping) {
		s->later = ev;
		s->has_later = true;
		return;
	}
	s->is_stepping = true;
	s->state = in[s->state](s, ev);
	while (s->has_later) {
		s->has_later = false;
		s->state = in[s->state](s, s->later);
	}
	s->is_stepping = false;
	if (s->state != SESSION_DONE)
		return;
	forget_frame(s);
	budget_leave(s->limits->receiving, &s->ticket);
	intake_session_done(s);
}

static void
on_conn_event(void *owner, enum conn_event ev)
{
	static const enum session_event same[] = {
#define X(name) [CONN_##name] = SESSION_EV_##name,
		CONN_EVENT_MAP(X)
#undef X
	};

	step(owner, same[ev]);
}

/* --- from outside ---------------------------------------------------------- */

/* See session.h. */
enum status
session_init(struct session *s, const struct session_limits *limits)
{
	TRY(region_reserve(&s->input, SESSION_READ_BYTES));
	TRY(region_reserve(&s->frame, limits->frame_bytes_max));
	s->state = SESSION_READING;
	s->limits = limits;
	s->ticket = (struct ticket){ .owner = s };
	s->unread = s->rest = (struct span){ 0 };
	pace_end(&s->pace);
	s->frame_used = s->reply_len = 0;
	s->has_ended = s->is_last = s->one_answer = false;
	s->is_admitted = s->commits = s->has_reply = false;
	s->is_stepping = s->has_later = false;
	s->in_a_row = 0;
	mllp_init(&s->mllp, s->frame.ptr, limits->frame_bytes_max,
	    limits->frame_bytes_max);
	s->conn.owner = s;
	s->conn.on_event = on_conn_event;
	s->conn.idle_ms = limits->idle_ms;
	s->conn.storage = s->input.ptr;
	s->conn.storage_bytes = SESSION_READ_BYTES;
	return ST_OK;
}

/* See session.h. */
void
session_start(struct session *s)
{
	s->active_ms = now_ms(s);
	conn_read(&s->conn);
}

static void
keep_answer(struct session *s, struct span ack)
{
	if (ack.len > sizeof(s->reply))
		unexpected("ACK longer than its limit", (int)ack.len);
	memmove(s->reply, ack.ptr, ack.len);
	s->reply_len = ack.len;
}

/* See session.h. */
void
session_answer(struct session *s, struct span ack)
{
	keep_answer(s, ack);
	step(s, SESSION_EV_ANSWER);
}

/* See session.h. */
void
session_postpone(struct session *s, struct span ack)
{
	keep_answer(s, ack);
	step(s, SESSION_EV_LATER);
}

/* See session.h. */
void
session_ignore(struct session *s)
{
	step(s, SESSION_EV_IGNORED);
}

/* See session.h. */
void
session_no_answer(struct session *s, bool may_retry)
{
	s->is_last = s->is_last || !may_retry;
	step(s, SESSION_EV_NOTHING);
}

/* See session.h. */
void
session_room(struct session *s)
{
	step(s, SESSION_EV_ROOM);
}

/* See session.h. */
bool
session_is_idle(const struct session *s)
{
	return s->state == SESSION_READING && mllp_is_idle(&s->mllp);
}

/* See session.h. */
void
session_stop(struct session *s)
{
	step(s, SESSION_EV_STOP);
}
