#include "jose/jwk.h"

#include "base/base64.h"
#include "base/json_writer.h"
#include "crypto/digest.h"

static struct span
x_of(const struct p256_public *key)
{
	return (struct span){ key->point + 1, 32 };
}

static struct span
y_of(const struct p256_public *key)
{
	return (struct span){ key->point + 33, 32 };
}

/* Members in the order of RFC 7638 section 3.2, so that this is also what
 * the thumbprint is over.  See jwk.h. */
enum status
jwk_write_public(const struct p256_public *key, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_text(&w, "crv", "P-256");
	json_text(&w, "kty", "EC");
	json_base64url(&w, "x", x_of(key));
	json_base64url(&w, "y", y_of(key));
	json_object_end(&w);
	return json_finish(&w);
}

/* See jwk.h. */
enum status
jwk_write_private(const struct secret_32 *d, const struct p256_public *key,
    struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_object_begin(&w, NULL);
	json_text(&w, "kty", "EC");
	json_text(&w, "crv", "P-256");
	json_base64url(&w, "x", x_of(key));
	json_base64url(&w, "y", y_of(key));
	json_base64url(&w, "d", (struct span){ d->byte, sizeof(d->byte) });
	json_object_end(&w);
	return json_finish(&w);
}

/* See jwk.h. */
enum status
jwk_thumbprint(const struct p256_public *key, struct buf *out)
{
	uint8_t json[JWK_PUBLIC_MAX], digest[32];	/* not secret */
	struct buf b = buf_over(json, sizeof(json));

	TRY(jwk_write_public(key, &b));
	sha256(buf_span(&b), digest);
	return base64url_encode((struct span){ digest, sizeof(digest) }, out);
}
