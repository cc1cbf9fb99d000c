#include "jose/jws.h"

#include "base/base64.h"
#include "base/json_writer.h"
#include "jose/compact.h"
#include "jose/jwk.h"

enum { SIGNATURE_BYTES = 64, HEADER_BYTES = 256 };

/* Appends base64url(header) "." base64url(payload). */
static enum status
write_signing_input(struct span kid, const char *typ, struct span payload,
    struct buf *out)
{
	uint8_t json[HEADER_BYTES];		/* not secret */
	struct buf header = buf_over(json, sizeof(json));
	struct json_writer w;

	json_start(&w, &header);
	json_object_begin(&w, NULL);
	json_text(&w, "alg", "ES256");
	json_text(&w, "typ", typ);
	json_span(&w, "kid", kid);
	json_object_end(&w);
	TRY(json_finish(&w));
	TRY(base64url_encode(buf_span(&header), out));
	TRY(buf_append_text(out, "."));
	return base64url_encode(payload, out);
}

static enum status
write_jws(const struct secret_32 *d, struct span kid, const char *typ,
    struct span payload, struct buf *out)
{
	size_t start = out->len;
	uint8_t signature[SIGNATURE_BYTES];

	TRY(write_signing_input(kid, typ, payload, out));
	p256_sign(d, span_slice(buf_span(out), start, out->len), signature);
	TRY(buf_append_text(out, "."));
	return base64url_encode(
	    (struct span){ signature, sizeof(signature) }, out);
}

/* See jws.h. */
enum status
jws_sign_with_kid(const struct secret_32 *d, struct span kid, const char *typ,
    struct span payload, struct buf *out)
{
	size_t start = out->len;
	enum status st;

	if (!p256_is_private(d))
		return ST_INVALID;
	st = write_jws(d, kid, typ, payload, out);
	if (st != ST_OK)
		out->len = start;
	return st;
}

/* See jws.h. */
enum status
jws_sign(const struct secret_32 *d, const char *typ, struct span payload,
    struct buf *out)
{
	struct p256_public key;
	uint8_t text[JWK_THUMBPRINT_LEN];
	struct buf kid = buf_over(text, sizeof(text));

	TRY(p256_public_of(d, &key));
	TRY(jwk_thumbprint(&key, &kid));
	return jws_sign_with_kid(d, buf_span(&kid), typ, payload, out);
}

/* See jws.h. */
enum status
jws_verify(const struct p256_public *key, const char *typ, struct span jws,
    struct buf *payload)
{
	uint8_t text[JWK_THUMBPRINT_LEN];
	struct buf kid = buf_over(text, sizeof(text));
	struct jws_parts parts;

	TRY(jwk_thumbprint(key, &kid));
	TRY(jws_parts_read(jws, typ, buf_span(&kid), &parts));
	TRY(p256_verify(key, parts.signing_input, (struct span){
	    parts.signature, sizeof(parts.signature) }));
	return base64url_decode(parts.payload, payload);
}
