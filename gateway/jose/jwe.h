/*
 * jwe.h -- JWE compact serialisation (RFC 7516), two algorithms of RFC 7518:
 * `dir` and `ECDH-ES` (section 4.6), both with A256GCM.
 *
 * Opening refuses: any other alg or enc, `crit`, `zip`, duplicate header
 * names, non-canonical base64url, a point off the curve.
 */
#ifndef JOSE_JWE_H
#define JOSE_JWE_H

#include "crypto/p256.h"

/* Bytes that jwe_seal_dir() appends for `plain_len` bytes. */
size_t jwe_dir_length(size_t plain_len, const char *cty);

/*
 * Appends the JWE of `plain` under `key`, header exactly
 * {"alg":"dir","enc":"A256GCM","cty":<cty>}.  `plain` is encrypted in place
 * and is ciphertext afterwards (no second copy of 30 MB).
 * ST_OK or ST_NO_SPACE (then `plain` is untouched).
 */
MUST_CHECK enum status
jwe_seal_dir(const struct secret_32 *key, const char *cty, struct buf *plain,
    struct buf *out);

/* Appends the plaintext.  ST_OK, ST_MALFORMED, ST_UNSUPPORTED, ST_FORGED,
 * ST_NO_SPACE. */
MUST_CHECK enum status
jwe_open_dir(const struct secret_32 *key, struct span jwe, struct buf *plain);

/*
 * Appends the JWE of `plain` to `recipient`, with a fresh ephemeral key;
 * header {"alg":"ECDH-ES","enc":"A256GCM","epk":…,"apu":b64u(apu),
 * "apv":b64u(apv),"cty":"json"}.  ST_OK, ST_INVALID (recipient), ST_NO_SPACE.
 */
MUST_CHECK enum status
jwe_seal_ecdh(const struct p256_public *recipient, struct span apu,
    struct span apv, struct span plain, struct buf *out);

/*
 * Appends the plaintext; apu and apv of the header must be those given.
 * ST_OK, ST_MALFORMED, ST_UNSUPPORTED, ST_FORGED, ST_NO_SPACE.
 */
MUST_CHECK enum status
jwe_open_ecdh(const struct secret_32 *d, struct span apu, struct span apv,
    struct span jwe, struct buf *plain);

#endif
