/*
 * aead.h -- AES-256-GCM (NIST SP 800-38D), 12-byte iv, 16-byte tag, in place.
 *
 * Uses the AES and carry-less multiply instructions where BearSSL finds them,
 * otherwise its constant-time code.  The caller never repeats (key, iv).
 */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include "base/secret.h"
#include "base/span.h"

enum { AEAD_IV_BYTES = 12, AEAD_TAG_BYTES = 16 };

/* Encrypts `len` bytes at `data` in place and writes the tag. */
void aead_seal(const struct secret_32 *key, const uint8_t iv[static 12],
    struct span aad, uint8_t *data, size_t len, uint8_t tag[static 16]);

/* Decrypts in place.  ST_OK, or ST_FORGED with `data` wiped. */
MUST_CHECK enum status
aead_open(const struct secret_32 *key, const uint8_t iv[static 12],
    struct span aad, uint8_t *data, size_t len, const uint8_t tag[static 16]);

/* Appends iv12 | ciphertext | tag16 under a fresh random iv: the shape of
 * every small thing sealed at rest.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
aead_wrap(const struct secret_32 *key, struct span aad, struct span plain,
    struct buf *out);

/* Appends the plaintext.  ST_OK, ST_MALFORMED (too short), ST_FORGED,
 * ST_NO_SPACE. */
MUST_CHECK enum status
aead_unwrap(const struct secret_32 *key, struct span aad, struct span wrapped,
    struct buf *out);

#endif
