/* jwk.h -- P-256 keys as JSON Web Keys (RFC 7517) and thumbprints (RFC 7638). */
#ifndef JOSE_JWK_H
#define JOSE_JWK_H

#include "crypto/p256.h"

enum { JWK_PUBLIC_MAX = 160, JWK_PRIVATE_MAX = 224, JWK_THUMBPRINT_LEN = 43 };

/* Appends {"crv":"P-256","kty":"EC","x":…,"y":…}; ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
jwk_write_public(const struct p256_public *key, struct buf *out);

/* Appends {"kty":"EC","crv":"P-256","x":…,"y":…,"d":…}. */
MUST_CHECK enum status
jwk_write_private(const struct secret_32 *d, const struct p256_public *key,
    struct buf *out);

/* Appends the 43 symbols of the SHA-256 thumbprint. */
MUST_CHECK enum status
jwk_thumbprint(const struct p256_public *key, struct buf *out);

#endif
