#include "base/log.h"
#include "pickup/exchange.h"
#include "pickup/handlers.h"
#include "pickup/pickup.h"

enum {
	/* JSON around the values: names, quotes, numbers. */
	CARD_JSON_BYTES = 320, BUNDLE_JSON_BYTES = 4096 + 160
};

static const char *
status_name(uint64_t status)
{
	static const char *const names[] = {
#define X(name, text) text,
		BUNDLE_STATUS_MAP(X)
#undef X
	};

	return status < COUNT(names) ? names[status] : "unknown";
}

static void
finish_card(struct exchange *x)
{
	json_array_end(&x->json);
	json_object_end(&x->json);
	exchange_reply_json(x, 200, PICKUP_PADDING_BYTES);
}

static void
add_bundle(struct exchange *x, const struct msg_card_bundle *b)
{
	struct json_writer *w = &x->json;

	json_object_begin(w, NULL);
	json_span(w, "bid", b->bundle);
	if (b->envelope.len > 0)
		json_span(w, "envelope", b->envelope);
	else
		json_nothing(w, "envelope");	/* a tombstone */
	json_text(w, "status", status_name(b->status));
	json_uint(w, "closes", b->closes_s);
	json_object_end(w);
	if (--x->rows_left == 0)
		finish_card(x);
}

static void
begin_card(struct exchange *x, const struct msg_card_opened *c)
{
	size_t size = CARD_JSON_BYTES + c->sk.len + c->trust.len +
	    (size_t)c->bundles * BUNDLE_JSON_BYTES + PICKUP_PADDING_BYTES;
	struct span ticket;

	if (!exchange_reserve(x, size))
		return;
	json_object_begin(&x->json, NULL);
	json_span(&x->json, "sk", c->sk);
	json_span(&x->json, "trust", c->trust);
	/* Before the list: what changes from now on, the ticket knows. */
	if (watch_open(x->pickup, x->match.card, &ticket))
		json_base64url(&x->json, "watch", ticket);
	else
		json_nothing(&x->json, "watch");
	json_array_begin(&x->json, "bundles");
	x->rows_left = c->bundles;
	if (x->rows_left == 0)
		finish_card(x);
}

static void
on_card_opened(struct exchange *x, const struct msg_card_opened *c)
{
	unsigned code = exchange_code_of(c->outcome);

	if (c->outcome == ST_OK && c->bundles <= PICKUP_BUNDLES_MAX)
		begin_card(x, c);
	else if (c->outcome == ST_OK || code == 503)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else
		exchange_refuse_late(x, code, c->retry_after_s);
}

static void
on_answer(struct exchange *x, const struct message *m)
{
	if (m != NULL && m->id == MSG_CARD_OPENED && x->rows_left == 0)
		on_card_opened(x, &m->card_opened);
	else if (m != NULL && m->id == MSG_CARD_BUNDLE && x->rows_left > 0)
		add_bundle(x, &m->card_bundle);
	else
		exchange_refuse(x, 503, PICKUP_RETRY_S);
}

/* See handlers.h. */
void
handle_card(struct exchange *x)
{
	struct message m = { .id = MSG_CARD_OPEN };
	uint64_t number = exchange_number(x);
	uint8_t hash[32], peer[16];

	if (!exchange_token_hash(x, hash))
		unexpected("a card route without a token", 0);
	exchange_peer(x, peer);
	m.card_open = (struct msg_card_open){
		.request = number,
		.card = x->match.card,
		.token_hash = { hash, sizeof(hash) },
		.peer = { peer, sizeof(peer) },
	};
	exchange_ask(x, &m, number, on_answer);
}
