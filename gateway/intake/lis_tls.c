#include "intake/lis_tls.h"

#include <time.h>

#include "base/log.h"
#include "intake/peers.h"

/* One connection per message is usual: its handshake must be cheap. */
enum { RESUME_MAX = 512 };

/* Both servers share it; the process has one role. */
static struct lis_tls {
	struct tls_identity *identity;
	struct tls_anchors  *anchors;
	struct tls_clients   clients;
} lis;

static bool
is_known(void *owner, const uint8_t fingerprint[static TLS_FINGERPRINT_BYTES])
{
	const struct role *role = owner;

	return peers_by_fingerprint(&role->config, fingerprint) != NULL;
}

static uint64_t
now_s(void)
{
	return (uint64_t)time(NULL);
}

static bool
has_clients(const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (config->source[i].clients[0] != '\0')
			return true;
	return false;
}

static void
load(struct role *role)
{
	const struct config *config = &role->config;
	struct tls_error error;

	if (tls_identity_load(config->lis_certificate, config->lis_key,
	    &lis.identity, &error) != ST_OK)
		role_refuse("lis.certificate, lis.key: %s", error.text);
	if (!tls_identity_is_current(lis.identity, now_s(), &error))
		log_line(LOG_WARNING, "lis.certificate: %s: %s",
		    config->lis_certificate, error.text);
	if (tls_anchors_load(config->lis_clients, &lis.anchors, &error) !=
	    ST_OK)
		role_refuse("lis.clients: %s", error.text);
	if (!has_clients(config))
		log_line(LOG_WARNING, "no source has clients: nobody can "
		    "deliver with TLS; add the fingerprint of the sender's "
		    "certificate to its section");
	lis.clients = (struct tls_clients){ .anchors = lis.anchors,
	    .is_known = is_known, .owner = role, .now_s = now_s };
}

/* See lis_tls.h. */
struct tls_server *
lis_tls_server(struct role *role, unsigned sessions_max, bool is_not_http)
{
	struct tls_server_options options = {
		.sessions_max = sessions_max, .cached_max = RESUME_MAX,
		.is_not_http = is_not_http, .clients = &lis.clients,
	};
	struct tls_server *server = NULL;

	if (lis.identity == NULL)
		load(role);
	if (tls_server_new(lis.identity, &options, &server) != ST_OK)
		role_refuse("no memory for %u connections with TLS",
		    sessions_max);
	return server;
}
