/*
 * tls_clients.h -- TLS clients that must show a certificate.
 *
 * Let in is who holds the private key of a certificate that chains to an
 * authority of ours, is valid by the clock, may sign, and whose fingerprint
 * the owner knows.  A resumed session is the same client's as before, and is
 * asked about again: no certificate is shown then, so its fingerprint and
 * its last day are kept with the session.
 * Never: looks at names in a certificate, asks the network about one.
 */
#ifndef NET_TLS_CLIENTS_H
#define NET_TLS_CLIENTS_H

#include "net/tls.h"

enum { TLS_FINGERPRINT_BYTES = 32 };

/* The authorities that sign clients' certificates. */
struct tls_anchors;

/*
 * Reads a PEM file of up to 16 certificates.  Before the sandbox: opens it.
 *
 *   ST_OK        `*anchors` is the caller's
 *   ST_IO        the file cannot be read
 *   ST_MALFORMED no certificate in it, too many, or not what PEM says it is
 *
 * In all but the first, `error` says what to do.
 */
MUST_CHECK enum status
tls_anchors_load(const char *path, struct tls_anchors **anchors,
    struct tls_error *error);

/* NULL is allowed. */
void tls_anchors_free(struct tls_anchors *anchors);

/* Of struct tls_server_options: borrowed until tls_server_free(). */
struct tls_clients {
	const struct tls_anchors *anchors;
	/* Is this SHA-256 of a whole certificate known?  Asked in every
	 * handshake, full or resumed; pure. */
	bool (*is_known)(void *owner,
	    const uint8_t fingerprint[static TLS_FINGERPRINT_BYTES]);
	void *owner;
	uint64_t (*now_s)(void);	/* Unix time */
};

/* The handshake is over: bytes may come. */
bool tls_is_open(const struct conn *c);

/*
 * Whose connection it is, from the first CONN_BYTES on.  ST_OK, or
 * ST_NOT_FOUND: before the end of the handshake, or no certificate was asked
 * for.
 */
MUST_CHECK enum status
tls_peer_fingerprint(const struct conn *c,
    uint8_t fingerprint[static TLS_FINGERPRINT_BYTES]);

/* CONN_FAILED came because of the certificate (or of none); conn_error() has
 * the words. */
bool tls_is_refused(const struct conn *c);

/* CONN_FAILED came from TLS, not from the wire below it. */
bool tls_is_broken(const struct conn *c);

#endif
