#include "net/tls_session.h"

#include <stdlib.h>

#include "base/wipe.h"
#include "net/tls_suites.h"

enum { CACHE_ENTRY_BYTES = 100 };	/* bearssl_ssl.h, LRU session cache */

/* --- sessions ------------------------------------------------------------------ */

/* The policy points into its own context, so it cannot come from a copy. */
static void
set_identity(br_ssl_server_context *cc, const struct tls_identity *id)
{
	if (id->key_type == BR_KEYTYPE_EC)
		br_ssl_server_set_single_ec(cc, id->chain, id->n_chain,
		    br_skey_decoder_get_ec(&id->key), BR_KEYTYPE_SIGN,
		    (unsigned)id->issuer_key_type,
		    br_ssl_engine_get_ec(&cc->eng), br_ecdsa_i31_sign_asn1);
	else
		br_ssl_server_set_single_rsa(cc, id->chain, id->n_chain,
		    br_skey_decoder_get_rsa(&id->key), BR_KEYTYPE_SIGN,
		    br_rsa_private_get_default(),
		    br_rsa_pkcs1_sign_get_default());
}

static const char *
error_text(const struct tls_session *t)
{
	const char *text = tls_clients_error(t);

	return text != NULL ? text :
	    tls_error_text(br_ssl_engine_last_error(&t->engine.eng));
}

/* See tls.h. */
enum status
tls_wrap(struct conn *c, struct tls_server *server)
{
	struct tls_session *t = tls_session_take(&server->pool);

	if (t == NULL)
		return ST_BUSY;
	t->engine.server = server->template;
	t->pool = &server->pool;
	t->server = server;
	set_identity(&t->engine.server, server->identity);
	tls_session_begin(t);
	if (server->clients != NULL)
		tls_clients_begin(t);
	(void)br_ssl_server_reset(&t->engine.server);
	/* A client that says nothing holds no buffers. */
	tls_records_take_back(t);
	c->bytes = (struct span){ 0 };
	c->layer = &tls_layer;
	c->layer_state = t;
	return ST_OK;
}

/* See tls.h. */
const char *
tls_suite_name(const struct conn *c)
{
	const struct tls_session *t = c->layer_state;

	if (c->layer != &tls_layer || t->engine.eng.application_data == 0)
		return "none";
	return tls_suite_text(t->engine.eng.session.cipher_suite);
}

/* See tls.h. */
void
tls_server_forget(struct tls_server *server)
{
	if (server->cache != NULL)
		tls_cache_forget(server->cache);
	if (server->lru_store == NULL)
		return;
	wipe(server->lru_store, server->lru_bytes);
	br_ssl_session_cache_lru_init(&server->lru, server->lru_store,
	    server->lru_bytes);
}

/* --- the server ------------------------------------------------------------------ */

/* Where a client is somebody, its sessions remember who. */
static bool
reserve_cache(struct tls_server *s, unsigned cached_max)
{
	if (s->clients != NULL) {
		s->cache = tls_cache_new(cached_max);
		s->peers = tls_reserve(s->pool.sessions_max * sizeof(*s->peers));
		return s->cache != NULL && s->peers != NULL;
	}
	s->lru_bytes = (size_t)cached_max * CACHE_ENTRY_BYTES;
	s->lru_store = tls_reserve(s->lru_bytes);
	return s->lru_store != NULL;
}

static void
set_template(struct tls_server *s, bool is_not_http)
{
	tls_suites_set(&s->template, s->identity->key_type);
	if (is_not_http)
		br_ssl_engine_set_protocol_names(&s->template.eng, NULL, 0);
	if (s->clients != NULL) {
		tls_clients_ask(&s->template, s->clients);
		return;
	}
	br_ssl_session_cache_lru_init(&s->lru, s->lru_store, s->lru_bytes);
	br_ssl_server_set_cache(&s->template, &s->lru.vtable);
}

/* See tls.h. */
enum status
tls_server_new(const struct tls_identity *identity,
    const struct tls_server_options *options, struct tls_server **server)
{
	struct tls_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ST_NO_SPACE;
	s->identity = identity;
	s->pool.error = error_text;
	s->clients = options->clients;
	if (tls_pool_open(&s->pool, options->sessions_max) != ST_OK ||
	    !reserve_cache(s, options->cached_max)) {
		tls_server_free(s);
		return ST_NO_SPACE;
	}
	set_template(s, options->is_not_http);
	*server = s;
	return ST_OK;
}

/* See tls.h. */
void
tls_server_free(struct tls_server *s)
{
	tls_give_back(s->lru_store, s->lru_bytes);
	tls_cache_free(s->cache);
	tls_give_back(s->peers, s->pool.sessions_max * sizeof(*s->peers));
	tls_pool_close(&s->pool);
	wipe(s, sizeof(*s));
	free(s);
}
