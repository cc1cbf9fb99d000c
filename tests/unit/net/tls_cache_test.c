#include "net/tls_cache.h"

#include "tap.h"

enum { NOW = 1000000 };

static br_ssl_session_parameters
session(uint8_t place, uint8_t last, uint8_t secret)
{
	br_ssl_session_parameters s = { .session_id_len = 32,
	    .version = BR_TLS12 };

	s.session_id[0] = place;
	s.session_id[31] = last;
	s.master_secret[0] = secret;
	return s;
}

/* The secret of what is found; 0: nothing. */
static unsigned
find(const struct tls_cache *cache, uint8_t place, uint8_t last, int64_t now_s,
    struct tls_cached_peer *peer)
{
	br_ssl_session_parameters s = session(place, last, 0);

	return tls_cache_find(cache, now_s, &s, peer) == ST_OK ?
	    s.master_secret[0] : 0;
}

static void
test_kept_with_its_peer(void)
{
	struct tls_cache *cache = tls_cache_new(16);
	struct tls_cached_peer a = { { 1 }, NOW + 10 }, b = { { 2 }, NOW + 10 };
	struct tls_cached_peer found = { { 0 }, 0 };
	br_ssl_session_parameters one = session(1, 1, 11);
	br_ssl_session_parameters two = session(2, 1, 12);

	tls_cache_keep(cache, &one, &a);
	tls_cache_keep(cache, &two, &b);
	ok(find(cache, 1, 1, NOW, &found) == 11 && found.fingerprint[0] == 1,
	    "R10 a session comes with whose it was");
	ok(find(cache, 2, 1, NOW, &found) == 12 && found.fingerprint[0] == 2,
	    "R10 another with another's");
	ok(find(cache, 1, 2, NOW, &found) == 0, "R10 an id of the same place "
	    "is another session");
	ok(find(cache, 1, 1, NOW + 10, &found) == 11 &&
	    find(cache, 1, 1, NOW + 11, &found) == 0,
	    "R10 not after the certificate's end");
	one = session(1, 3, 13);
	tls_cache_keep(cache, &one, &b);
	ok(find(cache, 1, 1, NOW, &found) == 0 &&
	    find(cache, 1, 3, NOW, &found) == 13, "the newer one stays");
	tls_cache_forget(cache);
	ok(find(cache, 1, 3, NOW, &found) == 0 &&
	    find(cache, 2, 1, NOW, &found) == 0, "all are forgotten");
	tls_cache_free(cache);
}

static void
test_edges(void)
{
	struct tls_cache *none = tls_cache_new(0), *cache = tls_cache_new(4);
	struct tls_cached_peer peer = { { 1 }, NOW };
	br_ssl_session_parameters s = session(1, 1, 11);

	tls_cache_keep(none, &s, &peer);
	ok(find(none, 1, 1, NOW, &peer) == 0, "room for none: none is found");
	ok(find(cache, 0, 0, NOW, &peer) == 0, "zeroes are no session");
	s.session_id_len = 31;
	ok(tls_cache_find(cache, NOW, &s, &peer) == ST_NOT_FOUND,
	    "a short id is none");
	tls_cache_free(none);
	tls_cache_free(cache);
	tls_cache_free(NULL);
}

int
main(void)
{
	test_kept_with_its_peer();
	test_edges();
	return done_testing();
}
