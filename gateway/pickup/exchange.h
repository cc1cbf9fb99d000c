/*
 * exchange.h -- one request and its response.
 *
 * Collects the bytes of the request, finds its route, hands it to the
 * handler, and builds what the handler answers: the one place where a
 * response is made, so that none leaves without its headers.
 * Never: logs what a client sent.
 */
#ifndef PICKUP_EXCHANGE_H
#define PICKUP_EXCHANGE_H

#include <uv.h>

#include "base/json_writer.h"
#include "ipc/messages.h"
#include "pickup/limits.h"
#include "pickup/routes.h"
#include "wire/http.h"

struct pickup;
struct session;
struct exchange;
struct watch;

enum {
	EXCHANGE_OUT_BYTES = 4096,	/* a response's head */
	/* Low bits of a request number: which exchange. */
	EXCHANGE_INDEX_BITS = 16
};

enum exchange_need {
	EXCHANGE_NEEDS_HEAD,
	EXCHANGE_NEEDS_CONTINUE,	/* the client waits for a 100 */
	EXCHANGE_NEEDS_BODY,
	EXCHANGE_IS_WHOLE		/* or refused already: handle it */
};

/* Called with the vault's answer; `m` NULL: there will be none. */
typedef void exchange_answer_fn(struct exchange *x, const struct message *m);

/* A body that comes in pieces (pickup/stream.h). */
struct stream {
	bool     is_open;
	bool     has_head;		/* the response has begun */
	uint8_t *chunk;
	uint8_t  name[32];
	uint64_t offset, size;		/* sent or about to be; of all */
	const char *content_type;
	struct span before, after;	/* static text around the object */
};

struct exchange {
	struct pickup   *pickup;
	struct session  *session;
	struct exchange *next_free;
	/* the request */
	uint8_t  in[HTTP_HEAD_MAX + PICKUP_BODY_MAX];
	size_t   in_len, in_high, head_bytes;
	struct http_request request;
	struct route_match  match;
	enum status found;		/* what routes_find() said */
	unsigned refusal;		/* HTTP code for a bad head; 0: none */
	uint64_t arrived_ms;		/* loop time, when it was whole */
	bool     has_head, said_continue, keep_alive;
	bool     is_active;		/* between begin and drop */
	/* the question to the vault */
	uint64_t question;		/* 0: none is open */
	exchange_answer_fn *on_answer;
	/* a request that is held (watch.h); NULL: it is not */
	struct watch *watch;
	void    (*on_over)(struct exchange *x);
	/* the timer has one of four uses at a time */
	uv_timer_t timer;
	bool     has_timer;
	unsigned late_code;		/* what to refuse with at the quantum */
	uint64_t late_retry_s;
	/* the response */
	uint8_t  out[EXCHANGE_OUT_BYTES];
	struct buf  text;		/* heap: a JSON body */
	struct json_writer json;	/* writes into `text` */
	uint64_t rows_left;		/* CARD_BUNDLE to come */
	uint64_t embedded_max;		/* a manifest's; 0: locate */
	struct stream stream;
};

struct reply {
	unsigned    code;
	const char *content_type;	/* NULL: no body */
	struct span body;		/* borrowed until the end */
	uint64_t    more_bytes;		/* of body that follow by stream */
	uint64_t    retry_after_s;	/* 0: none */
	bool        is_page, is_preflight;
};

/* --- the session calls these ------------------------------------------------ */

void exchange_begin(struct exchange *x, struct session *s);
/* Appends what was read; what does not fit makes the request refused. */
void exchange_take(struct exchange *x, struct span bytes);
enum exchange_need exchange_need(struct exchange *x);
/* Answers, now or later, through the functions below. */
void exchange_handle(struct exchange *x);
/* All of the last session_send() is with the kernel. */
void exchange_on_sent(struct exchange *x);
/* After an answer: true if bytes of a next request are here already. */
bool exchange_begin_next(struct exchange *x);
/* Forgets and wipes everything; a late answer of the vault finds nobody. */
void exchange_drop(struct exchange *x);

/* --- handlers call these ---------------------------------------------------- */

struct span exchange_body(const struct exchange *x);

/* SHA-256 of the bearer token: true, or false where there is none. */
bool exchange_token_hash(const struct exchange *x, uint8_t hash[static 32]);

void exchange_peer(const struct exchange *x, uint8_t address[static 16]);

void exchange_reply(struct exchange *x, const struct reply *reply);

/* More of the body, after exchange_reply() said how much; borrowed. */
void exchange_send(struct exchange *x, struct span bytes);

/* A short refusal: 400, 401, 404, 413, 429, 503, ... */
void exchange_refuse(struct exchange *x, unsigned code, uint64_t retry_after_s);

/* The same at the next multiple of PICKUP_QUANTUM_MS after the request: its
 * time says nothing about what was looked up. */
void exchange_refuse_late(struct exchange *x, unsigned code,
    uint64_t retry_after_s);

/* Answers nothing for so long, then calls on_over; any answer ends that. */
void exchange_wait(struct exchange *x, uint64_t ms,
    void (*on_over)(struct exchange *x));

/* The HTTP code for a vault's outcome other than OK: 404, 429 or 503. */
unsigned exchange_code_of(uint64_t outcome);

/* A fresh request number for the next question. */
uint64_t exchange_number(struct exchange *x);

/*
 * Sends `m`, whose request is `number`, to the vault.  on_answer is called
 * once per message of the answer until the exchange replies, refuses or asks
 * again; or once with NULL when the vault is away or silent.  Never from
 * inside this call.
 */
void exchange_ask(struct exchange *x, const struct message *m, uint64_t number,
    exchange_answer_fn *on_answer);

/* An answer with this request number arrived. */
void exchange_deliver(struct pickup *p, uint64_t number,
    const struct message *m);

/* The vault is gone: whoever waits is told. */
void exchange_lose_vault(struct pickup *p);

/* `size` bytes for x->text, and x->json started over them; false, and
 * refused with 503, without memory. */
bool exchange_reserve(struct exchange *x, size_t size);

/* Ends x->json, pads it with spaces to a multiple of `step` bytes, replies. */
void exchange_reply_json(struct exchange *x, unsigned code, size_t step);

#endif
