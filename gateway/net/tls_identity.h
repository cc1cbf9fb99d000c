/*
 * tls_identity.h -- what tls_identity_load() read, for tls.c.
 *
 * The whole struct lies in one locked mapping that core dumps leave out.
 */
#ifndef NET_TLS_IDENTITY_H
#define NET_TLS_IDENTITY_H

#include <bearssl.h>

#include "net/tls.h"

enum {
	TLS_CHAIN_MAX = 8,
	TLS_CHAIN_BYTES = 32 * 1024,
	TLS_KEY_BYTES = 4096
};

struct tls_identity {
	br_x509_certificate chain[TLS_CHAIN_MAX];
	size_t   n_chain;
	int      key_type;	/* BR_KEYTYPE_EC or BR_KEYTYPE_RSA */
	int      issuer_key_type;
	int64_t  not_before_s, not_after_s;	/* of the first; Unix time */
	br_skey_decoder_context key;	/* holds the private key itself */
	uint8_t  der[TLS_CHAIN_BYTES];	/* what chain[] points into */
};

#endif
