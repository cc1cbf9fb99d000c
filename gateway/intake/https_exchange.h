/*
 * https_exchange.h -- one connection of a sender over HTTPS: read a request,
 * have it stored, answer, repeat.
 *
 *   accepted -> HEAD -- refused, or nothing to store ----------+
 *     ^         |  \                                           |
 *     |         |   CONTINUE (100) --+                         |
 *     |         v                    v                         v
 *     |        BODY <--- ROOM --- WAITING (memory)          REPLYING
 *     |         | whole                                     ^  |  |
 *     |         +------> STORING --- ANSWER, NOTHING -------+  |  | last
 *     |                                                        |  v
 *     +----------------- keep-alive ---------------------------+ SHUTTING
 *   EOF, FAILED, TIMEOUT, STOP: CLOSING <----------------- LINGERING
 *   CLOSING -- CLOSED --> DONE
 *
 * As in session.h, nothing is read while something is stored or answered,
 * and no 2xx is written before the vault said that it is durable; what is not
 * stored for a passing reason gets 503.
 * Never: logs what was sent, keeps a body longer than it takes to parse it.
 */
#ifndef INTAKE_HTTPS_EXCHANGE_H
#define INTAKE_HTTPS_EXCHANGE_H

#include "intake/budget.h"
#include "intake/https_route.h"
#include "intake/pace.h"
#include "intake/region.h"
#include "net/conn.h"
#include "wire/http_body.h"

#define HTTPS_STATE_MAP(X)                                              \
	X(HEAD) X(CONTINUE) X(BODY) X(WAITING) X(STORING) X(REPLYING)   \
	X(SHUTTING) X(LINGERING) X(CLOSING) X(DONE)

enum https_state {
#define X(name) HTTPS_##name,
	HTTPS_STATE_MAP(X)
#undef X
	HTTPS_STATES
};

#define HTTPS_EVENT_MAP(X)                                              \
	X(BYTES) X(EOF) X(WRITTEN) X(TIMEOUT) X(FAILED) X(CLOSED)       \
	X(ROOM)		/* the budget grants what was asked */             \
	X(ANSWER)	/* of the delivery: x->out has it */               \
	X(STOP)		/* the process ends soon */

enum https_event {
#define X(name) HTTPS_EV_##name,
	HTTPS_EVENT_MAP(X)
#undef X
	HTTPS_EVENTS
};

enum {
	HTTPS_OUT_MAX = INPUT_ANSWER_MAX + 1024,
	HTTPS_HANDSHAKE_MS = 15000,	/* with the first head */
	HTTPS_HEAD_MS = 10000,		/* from its first byte */
	HTTPS_LINGER_MS = 2000,		/* without a byte */
	HTTPS_LINGER_MAX_MS = 10000,
	HTTPS_RETRY_S = 5
};

/* What the connections of a role share; borrowed for ever. */
struct https_limits {
	uint64_t idle_ms;		/* inside a body, between requests */
	size_t   body_bytes_max;
	struct budget *receiving;	/* bodies being received, together */
};

struct https_exchange {
	enum https_state state;
	const struct https_limits *limits;
	struct conn   conn;
	struct ticket ticket;
	uint8_t head[HTTP_HEAD_MAX];
	size_t  head_len;		/* bytes in it, of the next head too */
	struct http_request request;	/* borrows from `head` */
	struct https_route  route;
	struct http_body    body;
	struct region region;
	struct buf    received;		/* over the region */
	struct span   unread;		/* of conn_bytes(), or of `head` */
	struct input_piece piece;
	uint64_t began_ms;		/* loop time; 0: between requests */
	struct pace pace;		/* of the body */
	uint64_t idle_since_ms;		/* loop time; where it is idle */
	uint64_t lingers_until_ms;
	bool     is_admitted;		/* known who it is */
	bool     is_last;		/* close after this answer */
	bool     is_stepping, has_later;
	enum https_event later;
	size_t  out_len;
	uint8_t out[HTTPS_OUT_MAX];
};

/* Reserves memory and sets conn up for listener.h.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
https_exchange_init(struct https_exchange *x, const struct https_limits *limits);

/* Starts reading; the conn has been accepted and wrapped. */
void https_exchange_start(struct https_exchange *x);

/* The body is not needed any more: wiped. */
void https_exchange_forget(struct https_exchange *x);

/* The results of https_store(), from inside it or later: an answer as
 * fhir_answer.h makes them, copied; or none, for a passing reason. */
void https_exchange_answer(struct https_exchange *x, struct span answer);
void https_exchange_no_answer(struct https_exchange *x);

/* The budget granted x->ticket what it waited for. */
void https_exchange_room(struct https_exchange *x);

/* Between requests, or before the first: it could be closed without losing
 * anything. */
bool https_exchange_is_idle(const struct https_exchange *x);

/* Finish: at once between requests, after the answer where one is due. */
void https_exchange_stop(struct https_exchange *x);

/* --- provided by the role (https_entrance.c), or by a test ------------------ */

/* The handshake is over and bytes came.  0: go on; 403: nobody we know;
 * 503: it has connections_max already. */
unsigned https_admit(struct https_exchange *x);

/* Asks for the input to be stored; what it borrows stays until
 * https_exchange_forget().  One of the two results follows. */
void https_store(struct https_exchange *x, const struct input *input);

/* The connection failed; for the log. */
void https_lost(struct https_exchange *x);

/* The connection is over and its memory may be reused. */
void https_done(struct https_exchange *x);

#endif
