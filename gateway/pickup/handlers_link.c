/* SMART Health Links, STU 1: what a doctor's viewer asks for.  Sealed objects
 * by their name are the same thing without a link. */
#include "base/base64.h"
#include "base/log.h"
#include "base/wipe.h"
#include "pickup/exchange.h"
#include "pickup/handlers.h"
#include "pickup/pickup.h"
#include "pickup/stream.h"
#include "pickup/wishes.h"

enum { MANIFEST_JSON_BYTES = 512 };

#define MANIFEST_BEFORE \
	"{\"status\":\"finalized\",\"files\":[{\"contentType\":" \
	"\"application/fhir+json\",\"embedded\":\""
#define MANIFEST_AFTER "\"}]}"

static const struct span nothing;

/* See handlers.h. */
void
handle_object(struct exchange *x)
{
	stream_object(x, x->match.key, "application/jose", nothing, nothing);
}

/* See handlers.h. */
void
handle_location(struct exchange *x)
{
	stream_object(x, x->match.key, "application/jose", nothing, nothing);
}

/* --- manifest (P) --------------------------------------------------------------- */

/* A location needs no further authentication and lives as long as the
 * ticket: an hour. */
static void
reply_location(struct exchange *x, struct span ticket)
{
	uint8_t text[CONFIG_TEXT_MAX + 64];
	struct buf url = buf_over(text, sizeof(text));

	if (buf_append_text(&url, x->pickup->role->config.pickup_origin) !=
	    ST_OK || buf_append_text(&url, "/l/") != ST_OK ||
	    base64url_encode(ticket, &url) != ST_OK)
		unexpected("location", (int)url.len);
	if (!exchange_reserve(x, MANIFEST_JSON_BYTES)) {
		wipe(text, sizeof(text));
		return;
	}
	json_object_begin(&x->json, NULL);
	json_text(&x->json, "status", "finalized");
	json_array_begin(&x->json, "files");
	json_object_begin(&x->json, NULL);
	json_text(&x->json, "contentType", "application/fhir+json");
	json_span(&x->json, "location", buf_span(&url));
	wipe(text, sizeof(text));
	json_object_end(&x->json);
	json_array_end(&x->json);
	json_object_end(&x->json);
	exchange_reply_json(x, 200, 0);
}

static void
reply_manifest(struct exchange *x, const struct msg_share_opened *s)
{
	if (s->size > x->embedded_max)
		reply_location(x, s->ticket);
	else
		/* A compact JWE has no character that JSON escapes. */
		stream_object(x, s->ticket.ptr, "application/json",
		    span_of(MANIFEST_BEFORE), span_of(MANIFEST_AFTER));
}

static void
refuse_passcode(struct exchange *x, uint64_t remaining)
{
	if (!exchange_reserve(x, MANIFEST_JSON_BYTES))
		return;
	json_object_begin(&x->json, NULL);
	json_uint(&x->json, "remainingAttempts", remaining);
	json_object_end(&x->json);
	exchange_reply_json(x, 401, 0);
}

static void
refuse_link(struct exchange *x, const struct msg_share_opened *s)
{
	unsigned code = exchange_code_of(s->outcome);

	if (s->outcome == ST_FORGED)
		refuse_passcode(x, s->remaining);
	else if (code == 503)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else
		exchange_refuse_late(x, code, s->retry_after_s);
}

static void
on_manifest(struct exchange *x, const struct message *m)
{
	if (m == NULL || m->id != MSG_SHARE_OPENED)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else if (m->share_opened.outcome != ST_OK)
		refuse_link(x, &m->share_opened);
	else
		reply_manifest(x, &m->share_opened);
}

static void
open_link(struct exchange *x, char kind, struct span passcode,
    exchange_answer_fn *on_answer)
{
	struct message m = { .id = MSG_SHARE_OPEN };
	uint64_t number = exchange_number(x);
	uint8_t peer[16];

	exchange_peer(x, peer);
	m.share_open = (struct msg_share_open){
		.request = number,
		.alias = { x->match.key, sizeof(x->match.key) },
		.kind = (uint64_t)kind,
		.passcode_hash = passcode,
		.peer = { peer, sizeof(peer) },
	};
	exchange_ask(x, &m, number, on_answer);
}

/* See handlers.h. */
void
handle_manifest(struct exchange *x)
{
	struct manifest_wish wish;
	struct span hash = { wish.passcode_hash, 0 };

	if (manifest_wish_read(exchange_body(x), &wish) != ST_OK) {
		exchange_refuse(x, 400, 0);
		return;
	}
	if (wish.has_passcode)
		hash.len = sizeof(wish.passcode_hash);
	/* Without a limit of its own the client gets a location. */
	x->embedded_max = wish.has_embedded_max ? wish.embedded_max : 0;
	open_link(x, 'P', hash, on_manifest);
	wipe(&wish, sizeof(wish));
}

/* --- direct file (U) ------------------------------------------------------------- */

static void
on_direct(struct exchange *x, const struct message *m)
{
	if (m == NULL || m->id != MSG_SHARE_OPENED)
		exchange_refuse(x, 503, PICKUP_RETRY_S);
	else if (m->share_opened.outcome != ST_OK)
		refuse_link(x, &m->share_opened);
	else
		stream_object(x, m->share_opened.ticket.ptr,
		    "application/jose", nothing, nothing);
}

/* See handlers.h. */
void
handle_direct(struct exchange *x)
{
	uint8_t text[RECIPIENT_BYTES_MAX];
	struct buf recipient = buf_over(text, sizeof(text));

	if (http_query_value(x->request.query, "recipient", &recipient) !=
	    ST_OK || recipient.len == 0)
		exchange_refuse(x, 400, 0);
	else
		open_link(x, 'U', nothing, on_direct);
}
