#include "card/issue.h"

#include "base/base64.h"
#include "base/json_writer.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "jose/jwk.h"

enum {
	/* What base64url and the iv and tag of a blob leave of its limit. */
	TRUST_PLAIN_MAX = CARD_TRUST_MAX / 4 * 3 - AEAD_IV_BYTES -
	    AEAD_TAG_BYTES,
	BOX_MAX = 256,
	AAD_MAX = 32 + BOX_MAX + SYMBOLS_MAX
};

/* Whose blob it is: what the associated data says. */
struct blob_owner {
	const char           *box;
	const struct symbols *number;
	const struct card_keys *keys;
};

/* kind | 0 | box | 0 | card10 */
static enum status
make_aad(const struct blob_owner *owner, const char *kind, struct buf *out)
{
	TRY(buf_append(out, kind, strlen(kind) + 1));
	TRY(buf_append(out, owner->box, strlen(owner->box) + 1));
	return buf_append(out, owner->number->text, owner->number->len);
}

/* Writes b64u(iv12 | ciphertext | tag16) of `plain` into `out`. */
static enum status
seal_blob(const struct blob_owner *owner, const char *kind, struct span plain,
    struct buf *out)
{
	uint8_t aad_bytes[AAD_MAX], blob[CARD_TRUST_MAX]; /* not secret */
	struct buf aad = buf_over(aad_bytes, sizeof(aad_bytes));
	struct buf wrapped = buf_over(blob, sizeof(blob));

	TRY(make_aad(owner, kind, &aad));
	TRY(aead_wrap(&owner->keys->kek, buf_span(&aad), plain, &wrapped));
	return base64url_encode(buf_span(&wrapped), out);
}

/* A new key pair's private half, as a JWK: SECRET. */
static enum status
make_key_pair(struct p256_public *public_key, struct buf *jwk)
{
	struct secret_32 d;
	enum status st;

	p256_generate(&d, public_key);
	st = jwk_write_private(&d, public_key, jwk);
	wipe(&d, sizeof(d));
	return st;
}

/* Public: what a browser believes because it came with the slip. */
static enum status
write_trust(const struct card_wish *wish, struct buf *out)
{
	uint8_t jwk[JWK_PUBLIC_MAX];
	struct buf key = buf_over(jwk, sizeof(jwk));
	struct json_writer w;

	TRY(jwk_write_public(wish->box_key, &key));
	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_raw(&w, "box", buf_span(&key));
	json_text(&w, "pickup", wish->pickup);
	if (wish->drop != NULL)
		json_text(&w, "drop", wish->drop);
	else
		json_nothing(&w, "drop");
	json_object_end(&w);
	return json_finish(&w);
}

/* Both blobs of one variant. */
static enum status
seal_variant(const struct blob_owner *owner, struct span jwk, struct span plain,
    struct card_sealed *out)
{
	struct buf sk = buf_over(out->sk, sizeof(out->sk));
	struct buf trust = buf_over(out->trust, sizeof(out->trust));

	TRY(seal_blob(owner, "guichet/1/sk", jwk, &sk));
	TRY(seal_blob(owner, "guichet/1/trust", plain, &trust));
	out->sk_len = sk.len;
	out->trust_len = trust.len;
	return ST_OK;
}

/* Derives the keys of one variant and seals under its kek. */
static enum status
make_variant(const struct card_wish *wish, const struct symbols *day,
    struct span jwk, struct card_keys *keys, struct card_issued *out)
{
	const struct blob_owner owner = { wish->box, &out->number, keys };
	uint8_t json[TRUST_PLAIN_MAX]; /* not secret */
	struct buf plain = buf_over(json, sizeof(json));

	TRY(write_trust(wish, &plain));
	card_derive(wish->box, &out->number, &out->code, day, wish->rounds,
	    keys);
	return seal_variant(&owner, jwk, buf_span(&plain),
	    day->len == 0 ? &out->local : &out->drop);
}

/* The variant of the branch: slip code alone, and a token to ask with. */
static enum status
make_local(const struct card_wish *wish, struct span jwk,
    struct card_issued *out)
{
	static const struct symbols no_day = { .len = 0 };
	struct card_keys keys = { .auth = { { 0 } } };
	enum status st = make_variant(wish, &no_day, jwk, &keys, out);

	if (st == ST_OK)
		sha256((struct span){ keys.auth.byte, sizeof(keys.auth.byte) },
		    out->token_hash);
	wipe(&keys, sizeof(keys));
	return st;
}

/* The variant of the drop: the index's name instead of a token, because a
 * store asks for none. */
static enum status
make_drop(const struct card_wish *wish, struct span jwk,
    struct card_issued *out)
{
	struct card_keys keys = { .auth = { { 0 } } };
	enum status st;

	symbols_random(&out->day_code, DAY_CODE_LEN);
	st = make_variant(wish, &out->day_code, jwk, &keys, out);
	if (st == ST_OK)
		memcpy(out->loc, keys.loc.byte, sizeof(out->loc));
	wipe(&keys, sizeof(keys));
	return st;
}

/* See issue.h. */
enum status
card_issue(const struct card_wish *wish, struct card_issued *out)
{
	uint8_t json[JWK_PRIVATE_MAX];
	struct buf jwk = buf_over(json, sizeof(json));
	enum status st;

	wipe(out, sizeof(*out));
	symbols_random(&out->number, CARD_NUMBER_LEN);
	symbols_random(&out->code, SLIP_CODE_LEN);
	st = make_key_pair(&out->public_key, &jwk);
	if (st == ST_OK)
		st = make_local(wish, buf_span(&jwk), out);
	if (st == ST_OK && wish->drop != NULL)
		st = make_drop(wish, buf_span(&jwk), out);
	wipe(json, sizeof(json));
	if (st != ST_OK)
		wipe(out, sizeof(*out));
	return st;
}
