#include "net/tls_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

struct entry {
	br_ssl_session_parameters session;	/* id length 0: free */
	struct tls_cached_peer peer;
};

struct tls_cache {
	unsigned n;
	struct entry entries[];
};

/* See tls_cache.h. */
struct tls_cache *
tls_cache_new(unsigned sessions_max)
{
	struct tls_cache *c = calloc(1, sizeof(*c) +
	    (size_t)sessions_max * sizeof(c->entries[0]));

	if (c != NULL)
		c->n = sessions_max;
	return c;
}

/* See tls_cache.h. */
void
tls_cache_forget(struct tls_cache *cache)
{
	wipe(cache->entries, cache->n * sizeof(cache->entries[0]));
}

/* See tls_cache.h. */
void
tls_cache_free(struct tls_cache *cache)
{
	if (cache == NULL)
		return;
	tls_cache_forget(cache);
	free(cache);
}

static unsigned
place_of(const struct tls_cache *cache,
    const br_ssl_session_parameters *session)
{
	uint32_t v;

	memcpy(&v, session->session_id, sizeof(v));
	return v % cache->n;
}

/* See tls_cache.h. */
void
tls_cache_keep(struct tls_cache *cache,
    const br_ssl_session_parameters *session,
    const struct tls_cached_peer *peer)
{
	if (cache->n > 0)
		cache->entries[place_of(cache, session)] =
		    (struct entry){ *session, *peer };
}

/* See tls_cache.h.  Identifiers travel in clear: comparing them leaks
 * nothing that helps without the master secret. */
enum status
tls_cache_find(const struct tls_cache *cache, int64_t now_s,
    br_ssl_session_parameters *session, struct tls_cached_peer *peer)
{
	const struct entry *e;

	if (cache->n == 0 ||
	    session->session_id_len != sizeof(session->session_id))
		return ST_NOT_FOUND;
	e = &cache->entries[place_of(cache, session)];
	if (e->session.session_id_len != session->session_id_len ||
	    memcmp(e->session.session_id, session->session_id,
	    sizeof(session->session_id)) != 0 || now_s > e->peer.last_s)
		return ST_NOT_FOUND;
	*session = e->session;
	*peer = e->peer;
	return ST_OK;
}
