/*
 * tls_identity.h -- what tls_identity_load() read, for tls.c.
 *
 * The whole struct lies in one locked mapping that core dumps leave out.
 */
#ifndef NET_TLS_IDENTITY_H
#define NET_TLS_IDENTITY_H

#include <bearssl.h>

#include "net/tls.h"

/* BearSSL counts days from 1 January of the year 0. */
enum { TLS_DAYS_TO_1970 = 719528 };

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

/* What BearSSL says of a date, as Unix time. */
int64_t tls_unix_time(uint32_t days, uint32_t seconds);

#endif
