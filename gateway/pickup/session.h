/*
 * session.h -- one browser's connection: request, response, repeat.
 *
 *            head whole          body whole         the handler answers
 *  HEAD ---------------> BODY ---------------> WORKING ------> REPLYING
 *   ^ |   (no body: at once)  ^                   ^   next piece |  |
 *   | |         CONTINUE -----+                   +--------------+  |
 *   | |   100-continue ^                                            |
 *   | +----------------+          keep-alive, all sent              |
 *   +---------------------------------------------------------------+
 *                                  last response                    v
 *   EOF, TIMEOUT, FAILED from anywhere: CLOSING <-------------- LINGERING
 *   CLOSING -- CLOSED --> FREE
 *
 * HEAD without a byte of the next request holds no exchange: that is what an
 * idle connection costs nothing for.  LINGERING lets the client read our
 * answer before its unread bytes would reset the connection.
 */
#ifndef PICKUP_SESSION_H
#define PICKUP_SESSION_H

#include "net/conn.h"

#define SESSION_STATE_MAP(X) \
	X(FREE) X(HEAD) X(CONTINUE) X(BODY) X(WORKING) X(REPLYING) \
	X(SHUTTING) X(LINGERING) X(CLOSING)

enum session_state {
#define X(name) SESSION_##name,
	SESSION_STATE_MAP(X)
#undef X
};

struct exchange;
struct holder;
struct pickup;

struct session {
	struct conn        conn;
	struct pickup     *pickup;
	struct exchange   *exchange;	/* NULL while idle */
	struct session    *next, *previous;	/* of the idle or free list */
	struct holder     *holder;	/* whose it is (pickup/crowd.h) */
	struct session    *older, *newer;	/* of the same address */
	uint64_t           deadline_ms;	/* loop time; of the whole phase */
	uint64_t           reply_until_ms;	/* loop time; grows by what is sent */
	enum session_state state;
	bool               is_idle;	/* on the idle list */
};

/* Sets the conn's own fields; before conn_accept(). */
void session_init(struct session *s, struct pickup *p);

/* The conn was accepted (and wrapped): reads the first request. */
void session_start(struct session *s);

/* Sends both, borrowed until exchange_on_sent() or the end. */
void session_send(struct session *s, struct span first, struct span second);

/* The exchange is answered: the next request, or the end. */
void session_finish_exchange(struct session *s, bool keep_alive);

/* Ends the connection without another byte; from any state but FREE. */
void session_abort(struct session *s);

#endif
