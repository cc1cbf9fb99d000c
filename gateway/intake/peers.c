#include "intake/peers.h"

#include "config/fingerprints.h"
#include "config/networks.h"

/* See peers.h. */
bool
peers_may_connect(const struct config *config,
    const uint8_t address[static 16])
{
	return networks_have(span_of(config->mllp_networks), address);
}

static bool
is_default(const struct config_source *s)
{
	return strcmp(s->name, "default") == 0;
}

static bool
has_address(const struct config_source *s, const uint8_t *address)
{
	if (s->clients[0] != '\0' && strcmp(s->networks, "any") == 0)
		return false;
	return networks_have(span_of(s->networks), address);
}

/* See peers.h. */
const struct config_source *
peers_by_address(const struct config *config,
    const uint8_t address[static 16])
{
	const struct config_source *last = NULL;

	for (unsigned i = 0; i < config->n_sources; i++) {
		const struct config_source *s = &config->source[i];

		if (is_default(s))
			last = s;
		else if (has_address(s, address))
			return s;
	}
	return last != NULL && has_address(last, address) ? last : NULL;
}

/* See peers.h. */
const struct config_source *
peers_by_fingerprint(const struct config *config,
    const uint8_t fingerprint[static 32])
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (fingerprints_have(span_of(config->source[i].clients),
		    fingerprint))
			return &config->source[i];
	return NULL;
}
