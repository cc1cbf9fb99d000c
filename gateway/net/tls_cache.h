/*
 * tls_cache.h -- TLS sessions that may be resumed, each with the peer that
 * it was agreed with: a resumed handshake shows no certificate.
 *
 * A session is found under its identifier, which is random; where two share
 * a place, the newer one stays.
 */
#ifndef NET_TLS_CACHE_H
#define NET_TLS_CACHE_H

#include <bearssl.h>

#include "net/tls_clients.h"

enum { TLS_RESUME_S = 24 * 3600 };	/* RFC 5246 F.1.4 */

struct tls_cached_peer {
	uint8_t fingerprint[TLS_FINGERPRINT_BYTES];
	int64_t last_s;		/* Unix time: the certificate's end, or the
				   session's */
};

struct tls_cache;

/* NULL: no memory. */
struct tls_cache *tls_cache_new(unsigned sessions_max);

/* Wipes; NULL is allowed. */
void tls_cache_free(struct tls_cache *cache);
void tls_cache_forget(struct tls_cache *cache);

void tls_cache_keep(struct tls_cache *cache,
    const br_ssl_session_parameters *session,
    const struct tls_cached_peer *peer);

/* By session->session_id, of 32 bytes.  ST_OK fills both; ST_NOT_FOUND, also
 * where last_s is over. */
MUST_CHECK enum status
tls_cache_find(const struct tls_cache *cache, int64_t now_s,
    br_ssl_session_parameters *session, struct tls_cached_peer *peer);

#endif
