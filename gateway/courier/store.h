/*
 * store.h -- the drop as one object: wishes in, answers out, whatever it is
 * made of; logs in where that is needed, and again after a 401.
 *
 * Owned by courier.c; used by push.c (the outbox) and drop_check.c.
 */
#ifndef COURIER_STORE_H
#define COURIER_STORE_H

#include "courier/dialect.h"
#include "ipc/outbox.h"

struct store;

/* Before the sandbox: reads what tls.trust names.  NULL: no drop is
 * configured.  Dies (role_refuse) where the configuration cannot work. */
struct store *store_new(uv_loop_t *loop, struct resolver *resolver,
    const struct config *config);

/* The ports of its hosts, at most two; returns how many. */
unsigned store_ports(const struct store *s, uint16_t *ports);

/* The credential, or a new one; empty: none, wishes fail. */
void store_credential(struct store *s, struct span secret);

/* How an answer is to be understood. */
struct store_answer {
	/* DONE: 2xx; or RETRY, DOWN, GONE: 404; REFUSED: this kind of store
	 * has no such wish, or it does not fit into a request. */
	enum outbox_outcome outcome;
	const struct http_answer *http;	/* NULL: there was none */
	struct span body;
	uint64_t    retry_after_s;
	const char *error;		/* our own words; NULL with DONE */
	bool is_stranger;	/* it does not know us, or there is no secret */
	const uint8_t *body_sha256;	/* of all of it; NULL without `http` */
};

/* Embed; the owner's memory again at on_answer. */
struct store_call {
	void *owner;
	void (*on_want)(void *owner, uint64_t offset);	/* PUT's body */
	void (*on_answer)(void *owner, const struct store_answer *answer);
	/* ---- */
	struct store *store;
	struct store_wish wish;
	struct http_call http;
	struct store_call *next;
	uint64_t now_s, asked_ms;	/* the vault's time, the loop's */
	unsigned generation;		/* of the log-in that it went with */
	int64_t  skew_s;		/* by which it was signed */
	uint64_t order;			/* in the queue */
	uint8_t  state;
	bool     has_logged_in, has_corrected;	/* tried again for it */
	uint8_t  name[STORE_NAME_MAX];
};

/* Begins; always answered, from the loop.  `now_s`: OUTBOX_JOB.now_s. */
void store_ask(struct store *s, struct store_call *call,
    const struct store_wish *wish, uint64_t now_s);
/* The next bytes of a PUT's body; copied. */
void store_body(struct store_call *call, struct span bytes);
/* No answer any more. */
void store_abort(struct store_call *call);

#endif
