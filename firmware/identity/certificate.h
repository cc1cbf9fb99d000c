/*
 * certificate.h -- a self-signed certificate (RFC 5280) for a TLS server, and
 * its private key (RFC 5208, RFC 5915), as DER.  Pure: random bytes and time
 * are the caller's.
 *
 * X.509 v3, P-256, ECDSA with SHA-256; CN is the first host; subjectAltName
 * has all; keyUsage digitalSignature, extendedKeyUsage serverAuth, CA:FALSE:
 * who trusts it trusts this one server.
 */
#ifndef IDENTITY_CERTIFICATE_H
#define IDENTITY_CERTIFICATE_H

#include "base/secret.h"
#include "crypto/p256.h"
#include "identity/hosts.h"

enum {
	CERTIFICATE_DAYS = 825,		/* more, and Apple's systems refuse */
	CERTIFICATE_SERIAL = 16,
	CERTIFICATE_MAX = 8192,
	CERTIFICATE_KEY_MAX = 256
};

struct certificate {
	const struct host *hosts;	/* at least one */
	size_t   n_hosts;
	uint64_t not_before_s;		/* Unix time */
	/* Random; the first bits are changed so that it is positive and
	 * keeps its length. */
	uint8_t  serial[CERTIFICATE_SERIAL];
	struct p256_public public_key;
};

/* Signs with `d`, whose public half stands in `c`.  The certificate stands at
 * the end of `out`'s storage: out->ptr and len are set to it.  ST_OK, or
 * ST_NO_SPACE, or ST_INVALID: not_before_s is after the year 9000. */
MUST_CHECK enum status
certificate_write(const struct certificate *c, const struct secret_32 *d,
    void *storage, size_t size, struct span *out);

/* PrivateKeyInfo of `d`, likewise; the caller wipes all of `storage`. */
MUST_CHECK enum status
certificate_key_write(const struct certificate *c, const struct secret_32 *d,
    void *storage, size_t size, struct span *out);

#endif
