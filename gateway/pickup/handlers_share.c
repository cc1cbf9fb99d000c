#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "pickup/exchange.h"
#include "pickup/handlers.h"
#include "pickup/pickup.h"
#include "pickup/wishes.h"

enum { SHARE_JSON_BYTES = 512 };

/* What TOKEN routes tell the vault besides the wish. */
struct asker {
	uint8_t hash[32], peer[16];
};

static void
fill_asker(struct exchange *x, struct asker *a)
{
	if (!exchange_token_hash(x, a->hash))
		unexpected("a share route without a token", 0);
	exchange_peer(x, a->peer);
}

static void
refuse_outcome(struct exchange *x, uint64_t outcome, uint64_t retry_after_s)
{
	unsigned code = outcome == ST_INVALID ? 400 : exchange_code_of(outcome);

	if (code == 503)
		exchange_refuse(x, code, PICKUP_RETRY_S);
	else
		exchange_refuse_late(x, code, retry_after_s);
}

/* At most 128 characters (SMART Health Links: url): see config/keys.def. */
static void
reply_url(struct exchange *x, const struct msg_share_made *made)
{
	uint8_t text[CONFIG_TEXT_MAX + 64];
	struct buf url = buf_over(text, sizeof(text));

	if (buf_append_text(&url, x->pickup->role->config.pickup_origin) !=
	    ST_OK || buf_append_text(&url, "/s/") != ST_OK ||
	    base64url_encode(made->alias, &url) != ST_OK)
		unexpected("share url", (int)url.len);
	if (!exchange_reserve(x, SHARE_JSON_BYTES)) {
		wipe(text, sizeof(text));
		return;
	}
	json_object_begin(&x->json, NULL);
	json_span(&x->json, "url", buf_span(&url));
	wipe(text, sizeof(text));
	json_uint(&x->json, "exp", made->expires_s);
	json_object_end(&x->json);
	exchange_reply_json(x, 201, 0);
}

static void
on_made(struct exchange *x, const struct message *m)
{
	if (m == NULL || m->id != MSG_SHARE_MADE)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else if (m->share_made.outcome != ST_OK)
		refuse_outcome(x, m->share_made.outcome,
		    m->share_made.retry_after_s);
	else
		reply_url(x, &m->share_made);
}

/* See handlers.h. */
void
handle_share_make(struct exchange *x)
{
	struct message m = { .id = MSG_SHARE_MAKE };
	uint64_t number = exchange_number(x);
	struct share_wish wish;
	struct asker a;

	if (share_wish_read(exchange_body(x), &wish) != ST_OK) {
		exchange_refuse(x, 400, 0);
		return;
	}
	fill_asker(x, &a);
	m.share_make = (struct msg_share_make){
		.request = number,
		.card = x->match.card,
		.token_hash = { a.hash, sizeof(a.hash) },
		.peer = { a.peer, sizeof(a.peer) },
		.bundle = { wish.bundle, sizeof(wish.bundle) },
		.kind = (uint64_t)wish.kind,
		.passcode_hash = { wish.passcode_hash,
		    wish.has_passcode ? sizeof(wish.passcode_hash) : 0 },
		.ttl_s = wish.ttl_s,
		.max_uses = wish.max_uses,
	};
	exchange_ask(x, &m, number, on_made);
	wipe(&wish, sizeof(wish));
}

static void
on_ended(struct exchange *x, const struct message *m)
{
	struct reply gone = { .code = 204 };

	if (m == NULL || m->id != MSG_SHARE_ENDED)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else if (m->share_ended.outcome != ST_OK)
		refuse_outcome(x, m->share_ended.outcome,
		    m->share_ended.retry_after_s);
	else
		exchange_reply(x, &gone);
}

/* See handlers.h. */
void
handle_share_end(struct exchange *x)
{
	struct message m = { .id = MSG_SHARE_END };
	uint64_t number = exchange_number(x);
	struct asker a;

	fill_asker(x, &a);
	m.share_end = (struct msg_share_end){
		.request = number,
		.card = x->match.card,
		.token_hash = { a.hash, sizeof(a.hash) },
		.peer = { a.peer, sizeof(a.peer) },
		.alias = { x->match.key, sizeof(x->match.key) },
	};
	exchange_ask(x, &m, number, on_ended);
}
