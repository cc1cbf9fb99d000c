#include "intake/seal.h"

#include "base/json_writer.h"
#include "base/wipe.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "jose/jwe.h"

static const char content_type[] = "application/fhir+json";

enum { CLAIM_MAX = 2048, CARD_LEN = 10, BUNDLE_LEN = 22 };

/* See seal.h. */
enum status
seal_check(const struct report *r)
{
	size_t n = r->n_documents;

	for (size_t i = 0; i < r->n_panels; i++)
		n += r->panels[i].n_observations;
	if (n == 0)
		return ST_INVALID;
	return fhir_bundle_bound(r) > SEAL_PAYLOAD_MAX ? ST_TOO_BIG : ST_OK;
}

/* See seal.h. */
void
seal_clear(struct sealed *s)
{
	wipe(&s->key, sizeof(s->key));
	/* The JWE itself is not secret. */
	if (s->size > REGION_KEPT_BYTES)
		region_release(&s->region, 0);
	s->size = 0;
}

/* Encrypts the payload in place and wraps it as JWE. */
static enum status
encrypt(struct buf *payload, struct sealed *out)
{
	struct buf jwe;

	TRY(region_reserve(&out->region,
	    jwe_dir_length(payload->len, content_type)));
	jwe = buf_over(out->region.ptr, out->region.size);
	random_bytes(out->key.byte, sizeof(out->key.byte));
	random_bytes(out->name, sizeof(out->name));
	TRY(jwe_seal_dir(&out->key, content_type, payload, &jwe));
	out->size = jwe.len;
	sha256(buf_span(&jwe), out->sha256);
	return ST_OK;
}

/* See seal.h. */
enum status
seal_report(const struct report *r, const struct fhir_identity *id,
    struct region *plain, struct sealed *out)
{
	size_t bound = fhir_bundle_bound(r);
	struct buf payload;
	enum status st;

	if (bound > SEAL_PAYLOAD_MAX)
		return ST_TOO_BIG;
	TRY(region_reserve(plain, bound));
	payload = buf_over(plain->ptr, bound);
	st = fhir_write_bundle(r, id, &payload);
	if (st == ST_OK)
		st = encrypt(&payload, out);
	/* Ciphertext now, or plaintext if something failed. */
	region_clear(plain, payload.len);
	return st;
}

static enum status
write_secret(const struct sealed *s, struct span claim, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_base64url(&w, "key",
	    (struct span){ s->key.byte, sizeof(s->key.byte) });
	json_span(&w, "claim", claim);
	json_object_end(&w);
	return json_finish(&w);
}

/* See seal.h. */
enum status
seal_envelope(struct sealed *s, struct span public_key, struct span box,
    struct span card, struct span bundle, struct span claim, struct buf *out)
{
	uint8_t apv_bytes[CARD_LEN + 1 + BUNDLE_LEN];
	uint8_t secret_bytes[CLAIM_MAX + 128];
	struct buf apv = buf_over(apv_bytes, sizeof(apv_bytes));
	struct buf secret = buf_over(secret_bytes, sizeof(secret_bytes));
	struct p256_public recipient;
	enum status st = ST_INVALID;

	/* Whether it is a point of the curve is seen when it is used. */
	if (public_key.len == sizeof(recipient.point)) {
		memcpy(recipient.point, public_key.ptr, public_key.len);
		st = buf_append_span(&apv, card);
	}
	if (st == ST_OK)
		st = buf_append_text(&apv, "|");
	if (st == ST_OK)
		st = buf_append_span(&apv, bundle);
	if (st == ST_OK)
		st = write_secret(s, claim, &secret);
	if (st == ST_OK)
		st = jwe_seal_ecdh(&recipient, box, buf_span(&apv),
		    buf_span(&secret), out);
	wipe(secret_bytes, sizeof(secret_bytes));
	wipe(&s->key, sizeof(s->key));
	return st;
}
