#include "net/tls_clients.h"

#include "base/wipe.h"
#include "net/tls_anchors.h"
#include "net/tls_session.h"

enum {
	DAY_S = 86400,
	CERTIFICATES_MAX = 8,		/* of one chain */
	RSA_LEAST_BYTES = 2048 / 8
};

/* --- BearSSL asks about one chain ------------------------------------------- */

static struct tls_peer *
peer_of(const br_x509_class **ctx)
{
	return (struct tls_peer *)(void *)ctx;	/* its first member */
}

static void
ignore_name(void *context, const void *src, size_t len)
{
	(void)context;
	(void)src;
	(void)len;
}

static void
start_chain(const br_x509_class **ctx, const char *server_name)
{
	struct tls_peer *p = peer_of(ctx);
	uint64_t now = p->clients->now_s();

	p->is_known = p->is_stranger = false;
	p->n_certificates = 0;
	br_x509_decoder_init(&p->leaf, ignore_name, NULL);
	br_sha256_init(&p->hash);
	br_x509_minimal_set_time(&p->path,
	    (uint32_t)(now / DAY_S) + TLS_DAYS_TO_1970,
	    (uint32_t)(now % DAY_S));
	p->path.vtable->start_chain(&p->path.vtable, server_name);
}

static void
start_cert(const br_x509_class **ctx, uint32_t len)
{
	struct tls_peer *p = peer_of(ctx);

	p->path.vtable->start_cert(&p->path.vtable, len);
}

static void
append(const br_x509_class **ctx, const unsigned char *bytes, size_t len)
{
	struct tls_peer *p = peer_of(ctx);

	if (p->n_certificates == 0) {
		br_sha256_update(&p->hash, bytes, len);
		br_x509_decoder_push(&p->leaf, bytes, len);
	}
	if (p->n_certificates < CERTIFICATES_MAX)
		p->path.vtable->append(&p->path.vtable, bytes, len);
}

static void
end_cert(const br_x509_class **ctx)
{
	struct tls_peer *p = peer_of(ctx);

	p->path.vtable->end_cert(&p->path.vtable);
	p->n_certificates++;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The path is good.  An anchor that is the leaf itself was not checked for
 * its dates: that is done here for all. */
static unsigned
judge(struct tls_peer *p)
{
	int64_t now = (int64_t)p->clients->now_s(), first, last;

	if (br_x509_decoder_get_pkey(&p->leaf) == NULL)
		return BR_ERR_X509_INVALID_VALUE;
	first = tls_unix_time(p->leaf.notbefore_days,
	    p->leaf.notbefore_seconds);
	last = tls_unix_time(p->leaf.notafter_days, p->leaf.notafter_seconds);
	if (now < first || now > last)
		return BR_ERR_X509_EXPIRED;
	br_sha256_out(&p->hash, p->is.fingerprint);
	p->is.last_s = least(last, now + TLS_RESUME_S);
	p->is_known = p->clients->is_known(p->clients->owner,
	    p->is.fingerprint);
	p->is_stranger = !p->is_known;
	return p->is_known ? 0 : BR_ERR_X509_NOT_TRUSTED;
}

static unsigned
end_chain(const br_x509_class **ctx)
{
	struct tls_peer *p = peer_of(ctx);
	unsigned error = p->path.vtable->end_chain(&p->path.vtable);

	if (error == 0 && p->n_certificates > CERTIFICATES_MAX)
		error = BR_ERR_X509_LIMIT_EXCEEDED;
	return error == 0 ? judge(p) : error;
}

static const br_x509_pkey *
get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
	const struct tls_peer *p = (const void *)ctx;

	return p->path.vtable->get_pkey(&p->path.vtable, usages);
}

static const br_x509_class peer_class = {
	.context_size = sizeof(struct tls_peer),
	.start_chain = start_chain,
	.start_cert = start_cert,
	.append = append,
	.end_cert = end_cert,
	.end_chain = end_chain,
	.get_pkey = get_pkey,
};

/* --- and about sessions -------------------------------------------------------- */

/* The engine is a session's first member. */
static struct tls_session *
session_of(br_ssl_server_context *engine)
{
	return (struct tls_session *)(void *)engine;
}

static void
save_session(const br_ssl_session_cache_class **ctx,
    br_ssl_server_context *engine, const br_ssl_session_parameters *session)
{
	const struct tls_session *t = session_of(engine);
	const struct tls_peer *p = tls_peer_of(t);

	(void)ctx;
	if (p->is_known)
		tls_cache_keep(t->server->cache, session, &p->is);
}

static int
load_session(const br_ssl_session_cache_class **ctx,
    br_ssl_server_context *engine, br_ssl_session_parameters *session)
{
	const struct tls_session *t = session_of(engine);
	struct tls_peer *p = tls_peer_of(t);
	struct tls_cached_peer is;

	(void)ctx;
	if (tls_cache_find(t->server->cache, (int64_t)p->clients->now_s(),
	    session, &is) != ST_OK)
		return 0;
	if (!p->clients->is_known(p->clients->owner, is.fingerprint))
		return 0;
	p->is = is;
	p->is_known = true;
	return 1;
}

static const br_ssl_session_cache_class cache_class = {
	.context_size = sizeof(const br_ssl_session_cache_class *),
	.save = save_session,
	.load = load_session,
};

/* --- for tls_server.c -------------------------------------------------------- */

/* A client's key may be on P-384; the engine checks its signature with what
 * it also agrees keys with. */
static const br_ec_impl *
curves(void)
{
	static br_ec_impl three;

	three = br_ec_all_m31;
	three.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
	    (uint32_t)1 << BR_EC_secp256r1 | (uint32_t)1 << BR_EC_secp384r1;
	return &three;
}

/* See tls_session.h. */
void
tls_clients_ask(br_ssl_server_context *cc, const struct tls_clients *clients)
{
	static const br_ssl_session_cache_class *cache = &cache_class;

	br_ssl_server_set_trust_anchor_names_alt(cc, clients->anchors->anchor,
	    clients->anchors->n);
	br_ssl_engine_set_ec(&cc->eng, curves());
	br_ssl_engine_set_ecdsa(&cc->eng, br_ecdsa_vrfy_asn1_get_default());
	br_ssl_engine_set_rsavrfy(&cc->eng, br_rsa_pkcs1_vrfy_get_default());
	br_ssl_server_set_cache(cc, &cache);
}

/* See tls_session.h. */
void
tls_clients_begin(struct tls_session *t)
{
	static const struct { int id; const br_hash_class *hash; } hashes[] = {
		{ br_sha256_ID, &br_sha256_vtable },
		{ br_sha384_ID, &br_sha384_vtable },
		{ br_sha512_ID, &br_sha512_vtable },
	};
	struct tls_peer *p = tls_peer_of(t);
	const struct tls_clients *clients = t->server->clients;

	memset(p, 0, sizeof(*p));
	p->vtable = &peer_class;
	p->clients = clients;
	br_x509_minimal_init(&p->path, &br_sha256_vtable,
	    clients->anchors->anchor, clients->anchors->n);
	for (size_t i = 0; i < COUNT(hashes); i++)
		br_x509_minimal_set_hash(&p->path, hashes[i].id,
		    hashes[i].hash);
	br_x509_minimal_set_rsa(&p->path, br_rsa_pkcs1_vrfy_get_default());
	br_x509_minimal_set_ecdsa(&p->path, br_ec_get_default(),
	    br_ecdsa_vrfy_asn1_get_default());
	br_x509_minimal_set_minrsa(&p->path, RSA_LEAST_BYTES);
	br_ssl_engine_set_x509(&t->engine.eng, &p->vtable);
}

/* See tls_session.h. */
const char *
tls_clients_error(const struct tls_session *t)
{
	const struct tls_peer *p = tls_peer_of(t);

	return p != NULL && p->is_stranger ?
	    "TLS: the client's certificate is in no source (clients)" : NULL;
}

/* --- for owners --------------------------------------------------------------- */

static const struct tls_session *
session_behind(const struct conn *c)
{
	return c->layer == &tls_layer ? c->layer_state : NULL;
}

/* See tls_clients.h. */
bool
tls_is_open(const struct conn *c)
{
	const struct tls_session *t = session_behind(c);

	return t != NULL && t->engine.eng.application_data == 1;
}

/* See tls_clients.h. */
enum status
tls_peer_fingerprint(const struct conn *c,
    uint8_t fingerprint[static TLS_FINGERPRINT_BYTES])
{
	const struct tls_session *t = session_behind(c);
	const struct tls_peer *p = t == NULL ? NULL : tls_peer_of(t);

	if (p == NULL || !p->is_known || !tls_is_open(c))
		return ST_NOT_FOUND;
	memcpy(fingerprint, p->is.fingerprint, TLS_FINGERPRINT_BYTES);
	return ST_OK;
}

/* See tls_clients.h. */
bool
tls_is_refused(const struct conn *c)
{
	const struct tls_session *t = session_behind(c);
	int error;

	if (t == NULL || tls_peer_of(t) == NULL)
		return false;
	error = br_ssl_engine_last_error(&t->engine.eng);
	return error == BR_ERR_NO_CLIENT_AUTH ||
	    error == BR_ERR_BAD_SIGNATURE ||
	    error == BR_ERR_WRONG_KEY_USAGE ||
	    (error >= BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED);
}

/* See tls_clients.h. */
bool
tls_is_broken(const struct conn *c)
{
	const struct tls_session *t = session_behind(c);

	return t != NULL &&
	    br_ssl_engine_last_error(&t->engine.eng) != BR_ERR_OK;
}
