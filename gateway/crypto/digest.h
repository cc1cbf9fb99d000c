/*
 * digest.h -- SHA-1, SHA-256 (FIPS 180-4), HMAC (RFC 2104), HKDF (RFC 5869)
 * and PBKDF2 (RFC 8018), all on BearSSL.
 *
 * SHA-1 is only what FHIR R4's Attachment.hash asks for; nothing trusts it.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <bearssl.h>

#include "base/secret.h"
#include "base/span.h"

struct sha256 {
	br_sha256_context context;
};

void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, struct span bytes);
/* Adds the 8 bytes of `bytes.len`, big-endian, then the bytes: what keeps
 * ("ab","c") and ("a","bc") apart where fields are hashed together. */
void sha256_add_field(struct sha256 *h, struct span bytes);
void sha256_finish(struct sha256 *h, uint8_t out[static 32]);

void sha256(struct span bytes, uint8_t out[static 32]);
void sha1(struct span bytes, uint8_t out[static 20]);

void hmac_sha256(struct span key, struct span bytes, uint8_t out[static 32]);

/* HKDF-SHA-256, at most 8160 bytes out. */
void hkdf_sha256(struct span ikm, struct span salt, struct span info,
    uint8_t *out, size_t len);

/* PBKDF2-HMAC-SHA-256, 32 bytes.  Slow by design. */
void pbkdf2_sha256(struct span password, struct span salt, uint32_t rounds,
    struct secret_32 *out);

#endif
