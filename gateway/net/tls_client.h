/*
 * tls_client.h -- a TLS client behind the interface of net/conn.h.
 *
 * TLS 1.2 only, the suites of the server side; SNI; the server's certificate
 * must be for the host's name, current, and either lead to an authority of
 * the trust file or hold a pinned public key (pins given: one must match,
 * whatever the trust file says).  A pin is the key of the server itself, of
 * an authority in its chain as sent, or of one in the trust file; signatures
 * are checked up to it.
 * Never: goes on after a certificate it does not believe.
 */
#ifndef NET_TLS_CLIENT_H
#define NET_TLS_CLIENT_H

#include "net/conn.h"
#include "net/tls.h"

struct tls_trust;
struct tls_client;

/* Reads a PEM file of authorities, of the size of a system's bundle.  Before
 * the sandbox.  Statuses as tls_identity_load(). */
MUST_CHECK enum status
tls_trust_load(const char *path, struct tls_trust **trust,
    struct tls_error *error);
void tls_trust_free(struct tls_trust *trust);
/* How many authorities that is; those of an unknown kind were skipped. */
size_t tls_trust_count(const struct tls_trust *trust, unsigned *skipped);

enum { TLS_PINS_MAX = 16 };

struct tls_client_options {
	const struct tls_trust *trust;	/* borrowed; may be NULL with pins */
	const uint8_t (*pins)[32];	/* SHA-256 of SubjectPublicKeyInfo;
					   copied */
	size_t   n_pins;
	unsigned sessions_max;
	bool     is_not_http;		/* no ALPN */
	/* The server's own key is pinned, and nothing else of what it shows
	 * counts: neither name, dates nor chain.  To look whether a server of
	 * ours answers (firmware/health). */
	bool     only_key;
};

/* ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
tls_client_new(const struct tls_client_options *options,
    struct tls_client **client);

/* No session may be open; NULL is allowed. */
void tls_client_free(struct tls_client *client);

/*
 * From now on events and verbs of `c`, which is connected, mean the bytes
 * inside TLS; the handshake is part of the first verb, and of its idle_ms:
 * conn_write() of nothing is the handshake alone.  `host` is compared with
 * the certificate and, unless it is an IP address, sent as SNI; borrowed
 * until CONN_CLOSED.  What was read before from `c` is forgotten.
 *
 * EOF comes only after the peer's close_notify; a connection that ends
 * without one, even between two records, is FAILED: cut off.
 * ST_OK, or ST_BUSY: sessions_max are open.
 */
MUST_CHECK enum status
tls_connect(struct conn *c, struct tls_client *client, const char *host,
    uint64_t now_s);

/* After FAILED without an error of the kernel's: the peer hung up, in the
 * handshake or without close_notify; TLS itself found nothing wrong. */
bool tls_was_cut(const struct conn *c);

#endif
