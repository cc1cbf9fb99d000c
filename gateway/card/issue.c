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

/* The card's own key pair, its private half sealed under the code's key. */
static enum status
seal_key_pair(const struct blob_owner *owner, struct card_issued *out)
{
	struct buf sk = buf_over(out->sk, sizeof(out->sk));
	uint8_t json[JWK_PRIVATE_MAX];
	struct buf jwk = buf_over(json, sizeof(json));
	struct secret_32 d;
	enum status st;

	p256_generate(&d, &out->public_key);
	st = jwk_write_private(&d, &out->public_key, &jwk);
	if (st == ST_OK)
		st = seal_blob(owner, "guichet/1/sk", buf_span(&jwk), &sk);
	out->sk_len = sk.len;
	wipe(&d, sizeof(d));
	wipe(json, sizeof(json));
	return st;
}

static enum status
seal_trust(const struct blob_owner *owner, const struct p256_public *box_key,
    const char *pickup, struct card_issued *out)
{
	struct buf trust = buf_over(out->trust, sizeof(out->trust));
	uint8_t json[TRUST_PLAIN_MAX], jwk[JWK_PUBLIC_MAX]; /* not secret */
	struct buf plain = buf_over(json, sizeof(json));
	struct buf key = buf_over(jwk, sizeof(jwk));
	struct json_writer w;

	TRY(jwk_write_public(box_key, &key));
	json_start(&w, &plain);
	json_object_begin(&w, NULL);
	json_raw(&w, "box", buf_span(&key));
	json_text(&w, "pickup", pickup);
	json_nothing(&w, "drop");
	json_object_end(&w);
	TRY(json_finish(&w));
	TRY(seal_blob(owner, "guichet/1/trust", buf_span(&plain), &trust));
	out->trust_len = trust.len;
	return ST_OK;
}

/* See issue.h. */
enum status
card_issue(const char *box, const struct p256_public *box_key,
    const char *pickup, uint32_t rounds, struct card_issued *out)
{
	static const struct symbols no_day = { .len = 0 };
	struct card_keys keys;
	const struct blob_owner owner = { box, &out->number, &keys };
	enum status st;

	symbols_random(&out->number, CARD_NUMBER_LEN);
	symbols_random(&out->code, SLIP_CODE_LEN);
	card_derive(box, &out->number, &out->code, &no_day, rounds, &keys);
	sha256((struct span){ keys.auth.byte, sizeof(keys.auth.byte) },
	    out->token_hash);
	st = seal_key_pair(&owner, out);
	if (st == ST_OK)
		st = seal_trust(&owner, box_key, pickup, out);
	wipe(&keys, sizeof(keys));
	if (st != ST_OK)
		wipe(out, sizeof(*out));
	return st;
}
