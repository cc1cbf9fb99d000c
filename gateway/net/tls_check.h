/*
 * tls_check.h -- whether a server's certificates are believed; a class of
 * BearSSL's certificate checks.  For tls_client.c alone.
 *
 * The chain is kept until it is whole.  Without pins it must lead to an
 * authority (RFC 5280 section 6, as far as BearSSL's "minimal" does it).  With
 * pins the first certificate whose key is pinned is the authority, for this
 * one chain: what stands behind it is not looked at, and that a pinned key
 * was merely shown, without signatures that lead to it, is worth nothing.
 * Name and dates are checked always, but where only the key counts.
 */
#ifndef NET_TLS_CHECK_H
#define NET_TLS_CHECK_H

#include <bearssl.h>

#include "net/tls_anchors.h"
#include "net/tls_client.h"

enum { CHECK_CERTIFICATES_MAX = 8, CHECK_BYTES = 32 * 1024 };

/* Whom to believe; the same for all sessions of a client. */
struct tls_rules {
	const br_x509_trust_anchor *anchor;	/* with pins: only pinned ones */
	size_t  n_anchors;
	uint8_t pin[TLS_PINS_MAX][32];
	size_t  n_pins;
	bool    only_key;	/* see tls_client_options */
};

struct tls_check {
	const br_x509_class *vtable;	/* first: BearSSL hands it to us */
	br_x509_minimal_context path;
	br_x509_decoder_context leaf;	/* only_key: the first certificate */
	const struct tls_rules *rules;
	const char *host;
	uint64_t    now_s;
	const char *why;		/* our words for a refusal, or NULL */
	size_t      n;			/* certificates */
	size_t      end[CHECK_CERTIFICATES_MAX];	/* of each in der[] */
	bool        is_too_long;
	uint8_t     der[CHECK_BYTES];	/* not secret */
};

/* Is a key of this SHA-256 pinned? */
bool tls_rules_pin(const struct tls_rules *rules,
    const uint8_t hash[static 32]);

/* Prepares `k` for one handshake; `rules` and `host` are borrowed. */
void tls_check_begin(struct tls_check *k, const struct tls_rules *rules,
    const char *host, uint64_t now_s);

/* What BearSSL's error means where a server's certificate was refused; NULL:
 * it is about something else. */
const char *tls_check_error(const struct tls_check *k, int error);

#endif
