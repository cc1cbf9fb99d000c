/*
 * jws.h -- JWS compact serialisation (RFC 7515), ES256 (RFC 7518 3.4) only.
 */
#ifndef JOSE_JWS_H
#define JOSE_JWS_H

#include "crypto/p256.h"

/* Appends the JWS of `payload`, header exactly {"alg":"ES256","typ":<typ>,
 * "kid":<thumbprint of the key>}; ST_OK, ST_INVALID (key) or ST_NO_SPACE. */
MUST_CHECK enum status
jws_sign(const struct secret_32 *d, const char *typ, struct span payload,
    struct buf *out);

/* The same for who signs often and kept the thumbprint `kid` of the key:
 * half the work.  ST_OK, ST_INVALID (key) or ST_NO_SPACE. */
MUST_CHECK enum status
jws_sign_with_kid(const struct secret_32 *d, struct span kid, const char *typ,
    struct span payload, struct buf *out);

/*
 * Checks a JWS made as above by `key` and appends its payload.
 *
 *   ST_OK           payload appended
 *   ST_MALFORMED    not three parts of base64url, or a header that is no JSON
 *                   or has a name twice, or a signature of another length
 *   ST_UNSUPPORTED  other alg, typ or kid; crit, jwk, jku, x5c, x5u, b64
 *   ST_FORGED       the signature does not verify
 *   ST_NO_SPACE
 */
MUST_CHECK enum status
jws_verify(const struct p256_public *key, const char *typ, struct span jws,
    struct buf *payload);

#endif
