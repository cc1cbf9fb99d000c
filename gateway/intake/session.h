/*
 * session.h -- one LIS connection: read a frame, have it stored, ACK, repeat.
 *
 *       BYTES: no whole frame yet; TIMEOUT between frames
 *              +----+
 *              |    v    budget is used up       ROOM
 *   accepted -> READING ------------------> WAITING ----+
 *                ^  |  ^                                |
 *                |  |  +--------------------------------+
 *                |  | BYTES, TIMEOUT or EOF that end a frame
 *                |  v
 *                | STORING --- ANSWER ---> REPLYING --- WRITTEN, last one --+
 *                |  |  |                    |  |                            |
 *                |  |  | NOTHING            |  | WRITTEN                    |
 *                +--+--|--------------------|--+                            v
 *                IGNORED                    | TIMEOUT, FAILED         LINGERING
 *                      v                    v                               |
 *   any ----------> CLOSING ---- CLOSED ---> DONE, memory is reused         |
 *     EOF, FAILED,     ^        EOF, TIMEOUT, FAILED, enough read           |
 *     too slow, STOP   +----------------------------------------------------+
 *
 * READING asks for bytes only; while a frame is stored and answered nothing
 * is read, so what a sender pipelines waits in its socket.  The ACK is never
 * written before the vault said that the delivery is durable; where that
 * does not happen for a passing reason (NOTHING), the connection is closed
 * without a word, because that is what every sender repeats.
 *
 * A frame with several messages (an HL7 batch) goes from REPLYING back to
 * STORING until each has its own answer; of a source that wants one answer
 * for all, it stays in STORING until the last one is durable.  Where many in
 * a row get no answer, it passes through REPLYING with nothing to write, so
 * that other connections have their turn.
 *
 * Where both ends speak MLLP release 2 (HL7 v3 Transport MLLP R2), a commit
 * byte goes before each answer, and instead of a close where something is
 * not stored for a passing reason; what the peer commits is dropped.
 *
 * LINGERING: a sender that is refused in the middle of a message gets its
 * answer only if what it still sends is taken off the wire.
 */
#ifndef INTAKE_SESSION_H
#define INTAKE_SESSION_H

#include "intake/budget.h"
#include "intake/pace.h"
#include "intake/region.h"
#include "net/conn.h"
#include "wire/hl7_ack.h"
#include "wire/hl7_batch.h"
#include "wire/mllp.h"

#define SESSION_STATE_MAP(X)                                            \
	X(READING) X(WAITING) X(STORING) X(REPLYING) X(LINGERING)       \
	X(CLOSING) X(DONE)

enum session_state {
#define X(name) SESSION_##name,
	SESSION_STATE_MAP(X)
#undef X
	SESSION_STATES
};

#define SESSION_EVENT_MAP(X)                                            \
	X(BYTES) X(EOF) X(WRITTEN) X(TIMEOUT) X(FAILED) X(CLOSED)       \
	X(ROOM)		/* the budget grants what was asked */             \
	X(ANSWER)	/* reply: write it */                              \
	X(IGNORED)	/* the frame needs no answer */                    \
	X(SKIP)		/* it was no message: a commit byte of the peer */ \
	X(LATER)	/* reply: not stored, for a passing reason */      \
	X(NOTHING)	/* not stored, nothing to say */                   \
	X(STOP)		/* the process ends soon */

enum session_event {
#define X(name) SESSION_EV_##name,
	SESSION_EVENT_MAP(X)
#undef X
	SESSION_EVENTS
};

enum {
	SESSION_READ_BYTES = 64 * 1024,
	SESSION_PAUSE_MS   = 500,	/* <FS> without <CR>: R1 */
	SESSION_LINGER_MS  = 2000,	/* without a byte */
	SESSION_LINGER_MAX_MS = 10000,
	SESSION_ROW_MAX    = 64		/* messages before others have a turn */
};

/* What the sessions of a role share; borrowed for ever. */
struct session_limits {
	uint64_t idle_ms;		/* inside a frame */
	size_t   frame_bytes_max;
	struct budget *receiving;	/* frames being received, all together */
};

struct session {
	enum session_state state;
	const struct session_limits *limits;
	unsigned           slot;	/* the role's: which delivery is ours */
	struct conn        conn;
	struct mllp_reader mllp;
	struct region      frame;
	struct region      input;
	struct ticket      ticket;	/* what the frame holds of the budget */
	struct span        unread;	/* part of conn_bytes() not yet pushed */
	struct span        rest;	/* of a frame with several messages */
	struct pace        pace;	/* of the frame (R7) */
	uint64_t           lingers_until_ms;
	size_t             frame_used;	/* bytes of the region to wipe */
	bool               has_ended;	/* the sender's half is closed */
	bool               is_last;	/* close after this answer */
	bool               is_admitted;	/* see intake_admit() */
	bool               commits;	/* MLLP release 2; the role's */
	bool               has_reply;	/* to be written after the commit byte */
	uint64_t           active_ms;	/* when something last happened */
	bool               one_answer;	/* to all of the batch */
	struct hl7_batch   batch;
	unsigned           in_a_row;	/* messages of it, none written about */
	bool               is_stepping, has_later;
	enum session_event later;
	size_t             reply_len;
	uint8_t            reply[HL7_ACK_MAX + 128];	/* framed */
	uint8_t            commit[4];	/* framed */
};

/* Reserves memory and sets conn up for listener.h.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
session_init(struct session *s, const struct session_limits *limits);

/* Starts reading; the conn has been accepted. */
void session_start(struct session *s);

/* The bytes of the message are not needed any more: with the last one of a
 * frame, the frame is wiped. */
void session_forget_frame(struct session *s);

/* The results of intake_store(), from inside it or later.  `ack` is copied. */
void session_answer(struct session *s, struct span ack);
void session_ignore(struct session *s);
/* Not stored; `may_retry`: for a passing reason. */
void session_no_answer(struct session *s, bool may_retry);
/* Not stored, for a passing reason, and `ack` says so. */
void session_postpone(struct session *s, struct span ack);

/* The budget granted s->ticket what it waited for. */
void session_room(struct session *s);

/* Nothing is in flight: it could be closed without losing anything. */
bool session_is_idle(const struct session *s);

/* Finish: at once between frames, after the answer where one is due. */
void session_stop(struct session *s);

/* --- provided by the role (intake.c), or by a test ------------------------- */

/* The first bytes are here, not looked at yet.  False: close without a word.
 * May set s->commits. */
bool intake_admit(struct session *s);

/* Asks for a message (a frame, or part of a batch) to be stored; it is
 * borrowed until session_forget_frame().
 * One of the three results follows. */
void intake_store(struct session *s, struct span frame);

/* `part` is the start of a frame over the limit: writes the answer, not
 * framed.  ST_OK, or ST_NOT_FOUND where nothing can be answered. */
MUST_CHECK enum status
intake_refuse_big(struct session *s, struct span part, struct buf *ack);

/* A batch begins.  True: it gets one answer, from intake_answer_batch(). */
bool intake_begin_batch(struct session *s, const struct hl7_batch *batch);

/* Writes the one answer to `batch`, not framed.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
intake_answer_batch(struct session *s, const struct hl7_batch *batch,
    struct buf *ack);

/* The session is over and its memory may be reused. */
void intake_session_done(struct session *s);

/* Something happened that is only worth a count. */
enum session_count {
	SESSION_FRAME, SESSION_CUT, SESSION_SLOW, SESSION_NOISE, SESSION_BIG,
	SESSION_LOST		/* the connection failed between frames */
};
void intake_count(struct session *s, enum session_count what);

#endif
