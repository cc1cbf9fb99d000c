/*
 * compact.h -- takes a compact JWE or JWS (RFC 7515 and 7516, section 7.1)
 * apart and checks all that needs no key.
 *
 * Pure: no allocation, no BearSSL, nothing is decrypted or verified here.
 * Both readers refuse `crit` and whatever lets a message choose its own key
 * or its own processing (zip, jwk, jku, x5c, x5u, b64); other header
 * parameters that we do not know are ignored, as the RFCs ask.
 */
#ifndef JOSE_COMPACT_H
#define JOSE_COMPACT_H

#include "base/span.h"

enum {
	COMPACT_HEADER_MAX = 1024,	/* bytes of JSON; ours take ~350 */
	COMPACT_PARTY_MAX  = 128	/* bytes of apu and of apv, decoded */
};

enum jwe_alg { JWE_DIR, JWE_ECDH_ES };

struct jwe_parts {
	enum jwe_alg alg;
	struct span  aad;		/* the header as it stands */
	uint8_t      iv[12];
	struct span  ciphertext;	/* base64url */
	uint8_t      tag[16];
	/* ECDH-ES only: 4 | x | y, not checked to be on the curve. */
	uint8_t      epk[65];
	uint8_t      apu[COMPACT_PARTY_MAX];
	size_t       apu_len;
	uint8_t      apv[COMPACT_PARTY_MAX];
	size_t       apv_len;
};

/*
 * Spans borrow from `jwe`.
 *
 *   ST_OK
 *   ST_MALFORMED    not five parts, not canonical base64url, a header that
 *                   is no JSON or has a name twice, an iv or tag of another
 *                   length, an encrypted key where there is none
 *   ST_UNSUPPORTED  other alg or enc, a parameter that is refused, an epk
 *                   that is no P-256 public key, parts over their limit
 */
MUST_CHECK enum status jwe_parts_read(struct span jwe, struct jwe_parts *p);

struct jws_parts {
	struct span signing_input;	/* header "." payload */
	struct span payload;		/* base64url */
	uint8_t     signature[64];
};

/* As above; ST_UNSUPPORTED also where typ or kid are not those given. */
MUST_CHECK enum status
jws_parts_read(struct span jws, const char *typ, struct span kid,
    struct jws_parts *p);

#endif
