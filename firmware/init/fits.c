#include "init/fits.h"

#include <netinet/in.h>
#include <string.h>

#include "config/address.h"
#include "config/interface.h"

enum { LOOPBACK_NET = 127 };

/* The lab port's; 0 where it has none that is written down. */
static uint32_t
lab_address(const struct config *config)
{
	struct interface lab;

	return interface_parse(span_of(config->network_lab), &lab) == ST_OK &&
	    lab.kind == INTERFACE_STATIC ? lab.address : INADDR_ANY;
}

static bool
is_ours(const char *listen, uint32_t lab)
{
	struct sockaddr_storage at;
	socklen_t len;
	uint32_t host;

	if (strcmp(listen, "none") == 0)
		return true;
	if (address_parse(span_of(listen), &at, &len) != ST_OK ||
	    at.ss_family != AF_INET)
		return false;
	host = ntohl(((const struct sockaddr_in *)&at)->sin_addr.s_addr);
	return host == INADDR_ANY || host == lab || host >> 24 == LOOPBACK_NET;
}

/* See fits.h. */
const char *
fits_not(const struct config *config)
{
	const struct { const char *key, *listen; } rows[] = {
		{ "mllp.listen", config->mllp_listen },
		{ "mllps.listen", config->mllps_listen },
		{ "fhir.listen", config->fhir_listen },
		{ "pickup.listen", config->pickup_listen },
	};
	uint32_t lab = lab_address(config);

	for (size_t i = 0; i < COUNT(rows); i++)
		if (!is_ours(rows[i].listen, lab))
			return rows[i].key;
	return config->mllp_interface[0] != '\0' ? "mllp.interface" : NULL;
}
