/*
 * store_inner.h -- what store.c and store_login.c share; for them alone.
 */
#ifndef COURIER_STORE_INNER_H
#define COURIER_STORE_INNER_H

#include "courier/store.h"

enum { LOGIN_BODY_MAX = 4096 };

enum call_state { CALL_FREE, CALL_QUEUED, CALL_ACTIVE };

/* A host, and the connections to it. */
struct place {
	struct endpoint  *at;
	struct http_pool *pool;
};

struct store {
	uv_loop_t *loop;
	const struct config  *config;
	const struct dialect *dialect;
	/* The only hosts there are: drop.endpoint's and drop.public_url's.
	 * A log-in that names a third one is not followed. */
	struct place home, public;
	struct http_pool *login_pool;	/* at home; NULL: no log-in */
	size_t   secret_len;
	uint8_t  secret[STORE_SECRET_MAX];	/* SECRET */
	struct store_login login;
	unsigned generation;		/* of secret and token */
	bool     is_logging_in;
	struct http_call login_call;
	uint64_t login_now_s;
	size_t   login_body_len;
	uint8_t  login_body[LOGIN_BODY_MAX];	/* SECRET while it goes out */
	struct store_call *first, **last;	/* who waits */
	uint64_t n_queued;		/* ever */
	uv_timer_t soon;
};

/* --- store.c ------------------------------------------------------------------- */

/* A request over storage that there is once; it holds a token until
 * store_wipe_out(). */
struct http_out store_new_out(void);
void store_wipe_out(void);

/* Who waits is looked at again, from the loop. */
void store_wake(struct store *s);

/* As a patient's browser: no secret, no log-in. */
bool store_is_public(const struct store_call *call);

void store_dequeue(struct store *s, struct store_call *call);
/* The end of a call that waits no more; its memory is its owner's. */
void store_tell(struct store_call *call, const struct store_answer *a);

/* --- store_login.c -------------------------------------------------------------- */

bool store_is_at(const struct place *p, const struct remote *to);

/* False: it is under way, and store_wake() follows; true: it cannot be, and
 * nobody waits for it any more. */
bool store_login_begin(struct store *s, uint64_t now_s);

/* The token is as good as none; the host's clock stays what it is. */
void store_login_forget(struct store *s);

/* The one that is under way is of no use: another follows. */
void store_login_abort(struct store *s);

#endif
