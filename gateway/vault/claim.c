#include "vault/claim.h"

#include "base/json_writer.h"
#include "jose/jws.h"

static const char *const status_name[] = {
#define X(name, text) [BUNDLE_##name] = text,
	BUNDLE_STATUS_MAP(X)
#undef X
};

/* See claim.h. */
enum status
claim_payload(const struct claim *c, struct buf *out)
{
	struct json_writer w;

	if (c->status >= BUNDLE_STATUS_COUNT)
		return ST_INVALID;
	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_uint(&w, "v", 1);
	json_text(&w, "box", c->box);
	json_span(&w, "card", c->card);
	json_base64url(&w, "bid", (struct span){ c->bid, BID_BYTES });
	json_uint(&w, "seq", c->seq);
	json_base64url(&w, "name", (struct span){ c->name, 32 });
	json_uint(&w, "size", c->size);
	json_base64url(&w, "sha256", (struct span){ c->sha256, 32 });
	json_uint(&w, "iat", c->iat_s);
	json_uint(&w, "opens", c->opens_s);
	json_uint(&w, "closes", c->closes_s);
	json_text(&w, "status", status_name[c->status]);
	if (c->has_replaces)
		json_base64url(&w, "replaces",
		    (struct span){ c->replaces, BID_BYTES });
	else
		json_nothing(&w, "replaces");
	json_object_end(&w);
	return json_finish(&w);
}

/* See claim.h. */
enum status
claim_sign(const struct claim *c, const struct secret_32 *key,
    struct span kid, struct buf *out)
{
	uint8_t storage[1024];	/* not secret */
	struct buf payload = buf_over(storage, sizeof(storage));

	TRY(claim_payload(c, &payload));
	return jws_sign_with_kid(key, kid, "guichet-claim+jws",
	    buf_span(&payload), out);
}
