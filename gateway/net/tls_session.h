/*
 * tls_session.h -- what the files of TLS share, both sides; for them alone.
 *
 *   tls.c          between the wire, the engine and the owner
 *   tls_records.c  sessions; record buffers, lent while one is in flight
 *   tls_server.c   the server: identity, a session's beginning
 *   tls_clients.c  its clients that show a certificate
 *   tls_cache.c    their sessions, to be resumed
 *   tls_client.c   the client: a session's beginning, its errors
 *   tls_check.c    whether a server's certificates are believed
 */
#ifndef NET_TLS_SESSION_H
#define NET_TLS_SESSION_H

#include "net/tls_cache.h"
#include "net/tls_clients.h"
#include "net/tls_identity.h"

enum {
	TLS_WIRE_BYTES = 4096,
	TLS_PAGE_BYTES = 4096,
	/* Record buffers kept warm; above that their pages go back. */
	TLS_WARM_RECORDS = 32
};

/* Whole pages, so that they can be given back one by one. */
struct tls_records {
	_Alignas(TLS_PAGE_BYTES) uint8_t in[BR_SSL_BUFSIZE_INPUT];
	uint8_t out[BR_SSL_BUFSIZE_OUTPUT];
	uint8_t wire[TLS_WIRE_BYTES];
};

enum tls_mode { TLS_IDLE, TLS_READING, TLS_WRITING, TLS_SHUTTING };

/* The engine is the first member of both. */
union tls_engine {
	br_ssl_engine_context eng;
	br_ssl_server_context server;
	br_ssl_client_context client;
};

struct tls_session {
	union tls_engine engine;
	struct tls_pool    *pool;
	struct tls_server  *server;	/* NULL: a client's */
	struct tls_records *records;	/* NULL: between two records */
	struct tls_session *next_free;
	struct span     unsent[2];	/* the owner's, not yet sealed */
	size_t          in_flight;	/* bytes of the record being written */
	unsigned short  wire_from, wire_to;	/* unread part of wire[] */
	unsigned short  in_used;	/* bytes of in[] that held plaintext */
	uint8_t         mode;		/* enum tls_mode */
	bool            is_ended;	/* the wire's EOF was seen */
};

/* Sessions of one server or client, and what they work with.  Arrays of
 * sessions_max; what was never needed is never touched. */
struct tls_pool {
	struct tls_session *sessions, *free_sessions;
	struct tls_records *records;
	unsigned sessions_max, n_sessions, n_records;	/* ever touched */
	unsigned *cold;			/* stack: free, pages given back */
	unsigned n_cold, n_warm;
	unsigned warm[TLS_WARM_RECORDS];	/* stack: free, pages kept */
	bool     wants_notify;	/* an end without close_notify is FAILED */
	const char *(*error)(const struct tls_session *t);
};

/* Who is at the other end, where a certificate is asked for. */
struct tls_peer {
	const br_x509_class *vtable;	/* tls_clients.c's */
	br_x509_minimal_context path;
	br_x509_decoder_context leaf;
	br_sha256_context hash;		/* of the leaf's DER */
	const struct tls_clients *clients;
	struct tls_cached_peer is;	/* once is_known */
	unsigned n_certificates;
	bool is_known, is_stranger;	/* neither: not looked at yet */
};

struct tls_server {
	struct tls_pool pool;
	const struct tls_identity *identity;
	br_ssl_server_context template;
	br_ssl_session_cache_lru lru;	/* where nobody shows a certificate */
	uint8_t *lru_store;
	size_t   lru_bytes;
	struct tls_cache *cache;	/* where they do; otherwise NULL */
	const struct tls_clients *clients;	/* NULL: none is asked for */
	struct tls_peer *peers;		/* the sessions'; NULL without clients */
};

/* NULL where no certificate is asked for, and of a client's session. */
static inline struct tls_peer *
tls_peer_of(const struct tls_session *t)
{
	const struct tls_server *s = t->server;

	return s == NULL || s->peers == NULL ? NULL
	    : &s->peers[t - s->pool.sessions];
}

extern const struct conn_layer tls_layer;	/* tls.c */

/* Address space only: what is not used costs no memory.  NULL: there is
 * none.  Left out of core dumps. */
void *tls_reserve(size_t size);
/* Wiped before; NULL is allowed. */
void tls_give_back(void *p, size_t size);

/* ST_OK or ST_NO_SPACE; tls_pool_close() is due in any case. */
MUST_CHECK enum status tls_pool_open(struct tls_pool *p, unsigned sessions_max);
void tls_pool_close(struct tls_pool *p);
/* A session nobody uses, of unknown content; NULL: all are used. */
struct tls_session *tls_session_take(struct tls_pool *p);
/* Wipes it; its buffers go back too. */
void tls_session_give_back(struct tls_session *t);
/* Buffers and seed, before the engine is reset. */
void tls_session_begin(struct tls_session *t);

/* The session's engine gets buffers to work in; idempotent. */
void tls_records_lend(struct tls_session *t);
/* And gives them back, wiped; idempotent.  Only between two records. */
void tls_records_take_back(struct tls_session *t);

/* Asks every client of `cc` for a certificate of clients->anchors. */
void tls_clients_ask(br_ssl_server_context *cc,
    const struct tls_clients *clients);
/* `t` was begun: its engine checks the peer with tls_peer_of(t). */
void tls_clients_begin(struct tls_session *t);
/* Why the peer was refused, where the engine does not know; or NULL. */
const char *tls_clients_error(const struct tls_session *t);

#endif
