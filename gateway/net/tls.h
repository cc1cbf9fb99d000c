/*
 * tls.h -- a TLS server behind the interface of net/conn.h.
 *
 * TLS 1.2 only; ECDHE on X25519 or P-256; AES-GCM and ChaCha20-Poly1305,
 * whichever the machine does faster first; ALPN http/1.1; resumption by
 * session identifier; no renegotiation, no compression, no tickets; client
 * certificates where they are asked for (net/tls_clients.h).
 * Never: keeps record buffers on an idle connection, leaves a key unwiped.
 *
 * The engine (BearSSL) shows nowhere in this header, so that it can be
 * replaced: docs/decisions/.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/conn.h"

/* A certificate chain and its private key. */
struct tls_identity;

struct tls_error {
	char text[384];		/* file, what is wrong, what to do */
};

/*
 * Reads a PEM certificate chain (leaf first) and the PEM private key of its
 * leaf: EC on P-256 or RSA of 2048 to 4096 bits, not encrypted, readable by
 * nobody but its owner and group.  Before the sandbox: opens two files.
 *
 *   ST_OK        `*identity` is the caller's
 *   ST_IO        a file cannot be read
 *   ST_MALFORMED not PEM, or not what PEM says it is
 *   ST_UNSUPPORTED  encrypted, or another kind of key
 *   ST_DENIED    everybody may read the key
 *   ST_INVALID   the key does not belong to the certificate
 *
 * In all but the first, `error` says which file and what to do.
 */
MUST_CHECK enum status
tls_identity_load(const char *certificate_path, const char *key_path,
    struct tls_identity **identity, struct tls_error *error);

/*
 * Whether the first certificate is valid at `now_s` (Unix time).  If not,
 * `warning` has the dates: a warning only, because the box's clock may be what
 * is wrong.
 */
bool tls_identity_is_current(const struct tls_identity *identity,
    uint64_t now_s, struct tls_error *warning);

/* Wipes and frees; NULL is allowed. */
void tls_identity_free(struct tls_identity *identity);

struct tls_clients;

struct tls_server_options {
	unsigned sessions_max;	/* connections at once */
	unsigned cached_max;	/* sessions remembered for resumption */
	bool     is_not_http;	/* no ALPN */
	const struct tls_clients *clients;	/* NULL: none must show a
						   certificate */
};

struct tls_server;

/* All memory it will ever use is reserved here, and touched when needed.
 * Borrows `identity` until tls_server_free().  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status
tls_server_new(const struct tls_identity *identity,
    const struct tls_server_options *options, struct tls_server **server);

/* No session may be open. */
void tls_server_free(struct tls_server *server);

/* Forgets all sessions: nobody can resume what was agreed before. */
void tls_server_forget(struct tls_server *server);

/*
 * From now on the events and verbs of `c` mean the bytes inside TLS; what was
 * read before is forgotten.  After conn_accept(), between two verbs.  The
 * handshake is part of the first conn_read(), and of its idle_ms.  A peer that
 * ends TLS ends both halves: after EOF a conn_write() fails.
 *
 * ST_OK, or ST_BUSY: sessions_max are open; conn_close() is still due.
 */
MUST_CHECK enum status tls_wrap(struct conn *c, struct tls_server *server);

/* What the handshake agreed, for tests and the log: "ECDHE-ECDSA-AES128-GCM
 * X25519"; static storage; "none" before it. */
const char *tls_suite_name(const struct conn *c);

#endif
