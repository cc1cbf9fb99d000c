/*
 * pickup.h -- what guichet-pickup consists of while it runs.
 *
 * Sessions (connections) and exchanges (requests in flight) are two arrays
 * made at start: an idle connection has a session and no exchange.
 */
#ifndef PICKUP_PICKUP_H
#define PICKUP_PICKUP_H

#include "ipc/role.h"
#include "net/listener.h"
#include "net/tls.h"
#include "pickup/crowd.h"
#include "pickup/exchange.h"
#include "pickup/session.h"
#include "pickup/watch.h"

struct pickup {
	struct role       *role;
	uv_loop_t         *loop;
	struct listener    listener;
	struct tls_server *tls;		/* NULL in unit tests: plain TCP */
	struct session    *sessions, *free_sessions;
	struct exchange   *exchanges, *free_exchanges;
	struct crowd       crowd;	/* who holds how many sessions */
	unsigned n_sessions_max;
	unsigned n_per_address_max;
	unsigned n_sessions, n_exchanges;	/* ever touched */
	unsigned n_open;		/* sessions */
	unsigned n_streams;		/* exchanges that hold a chunk */
	uint8_t *spare_chunks[8];	/* kept for the next streams */
	unsigned n_spare_chunks;
	/* Sessions without a request, the longest waiting first. */
	struct session *idle_first, *idle_last;
	struct watches watches;		/* tickets of open pages */
	bool     vault_is_there;
	bool     is_stopping;
	/* Of the last question to the vault; starts anywhere, so that what
	 * the vault still answers to a predecessor finds nobody. */
	uint64_t generation;
	uv_timer_t resume_timer;	/* forgets TLS sessions */
	uv_timer_t stop_timer;		/* grace of STOP */
	char     date[30];		/* of `date_s` */
	uint64_t date_s;
};

/*
 * All that needs a path, memory or a name: certificate, key, page, arrays.
 * Dies through role_refuse() with what the operator must put right.
 */
void pickup_prepare(struct pickup *p, struct role *role);

/* Makes the arrays; ST_OK or ST_NO_SPACE.  Part of pickup_prepare(). */
MUST_CHECK enum status
pickup_init(struct pickup *p, uv_loop_t *loop, unsigned sessions_max);

extern const struct role_events pickup_events;
extern const struct ipc_handler pickup_handlers[];
extern const size_t pickup_n_handlers;

/* --- sessions call these --------------------------------------------------- */

/* A free session, or NULL; it is on no list. */
struct session *pickup_take_session(struct pickup *p);

/* CLOSED was seen. */
void pickup_return_session(struct pickup *p, struct session *s);

void pickup_mark_idle(struct pickup *p, struct session *s);
void pickup_mark_busy(struct pickup *p, struct session *s);

/* NULL where all are in use: there are as many as sessions, so never. */
struct exchange *pickup_take_exchange(struct pickup *p);
void pickup_return_exchange(struct pickup *p, struct exchange *x);

/* The Date header's value for now; borrowed until the next call. */
struct span pickup_date(struct pickup *p);

#endif
