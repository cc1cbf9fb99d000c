/*
 * p256.h -- the NIST P-256 curve: key pairs, ECDH (SP 800-56A) and ECDSA
 * with SHA-256 (FIPS 186-4), raw r||s as JOSE writes it (RFC 7518 3.4).
 *
 * Public keys are uncompressed points, 0x04 | x | y.  Signatures are
 * deterministic (RFC 6979).
 */
#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

#include "base/secret.h"
#include "base/span.h"

struct p256_public {
	uint8_t point[65];
};

/* A fresh random pair. */
void p256_generate(struct secret_32 *d, struct p256_public *public_key);

/* True if 0 < d < n, in constant time. */
bool p256_is_private(const struct secret_32 *d);

/* The public half of `d`; ST_OK, or ST_INVALID where d is 0 or >= n. */
MUST_CHECK enum status
p256_public_of(const struct secret_32 *d, struct p256_public *public_key);

/* ST_OK if `point` is 65 bytes, starts with 4 and lies on the curve,
 * else ST_INVALID. */
MUST_CHECK enum status
p256_check(struct span point, struct p256_public *public_key);

/* The x coordinate of d * public_key; ST_OK or ST_INVALID (not on curve). */
MUST_CHECK enum status
p256_ecdh(const struct secret_32 *d, const struct p256_public *public_key,
    struct secret_32 *shared);

/* Signs SHA-256(message).  A `d` that is no private key is the caller's bug:
 * aborts. */
void p256_sign(const struct secret_32 *d, struct span message,
    uint8_t signature[static 64]);

/* ST_OK, or ST_FORGED (also for r or s zero or out of range). */
MUST_CHECK enum status
p256_verify(const struct p256_public *public_key, struct span message,
    struct span signature);

/* The same of a signature in DER (RFC 3279 section 2.2.3), as openssl writes
 * it.  ST_OK, or ST_FORGED (also where it is no DER of two integers). */
MUST_CHECK enum status
p256_verify_der(const struct p256_public *public_key, struct span message,
    struct span signature);

#endif
