#include "supervisor/topology.h"

const struct topology_role topology_roles[] = {
	{ ROLE_VAULT, "guichet-vault", "guichet-vault",
	    .root = ROOT_DATA, .stops = 1 },
	{ ROLE_INTAKE, "guichet-intake", "guichet-intake",
	    .place = PLACE_LAB,
	    .listener = { LISTEN_MLLP, LISTEN_MLLPS, LISTEN_FHIR,
		LISTEN_INTAKE } },
	{ ROLE_PICKUP, "guichet-pickup", "guichet-pickup",
	    .place = PLACE_LAB, .listener = { LISTEN_PICKUP } },
	{ ROLE_DESK, "guichet-desk", "guichet-desk",
	    .place = PLACE_LAB, .listener = { LISTEN_DESK } },
	{ ROLE_SPOOL, "guichet-spool", "guichet-spool",
	    .wanted = WANTED_FOR_FOLDERS },
	{ ROLE_COURIER, "guichet-courier", "guichet-courier",
	    .place = PLACE_WAN, .wanted = WANTED_FOR_HOSTS },
	{ ROLE_UPDATER, "guichet-updater", "guichet-updater",
	    .wanted = WANTED_ON_BOX,
	    .listener = { LISTEN_UPDATE, LISTEN_BOOT, LISTEN_ROOT,
		LISTEN_CONTROL } },
	{ ROLE_SERVICE, "guichet-service", "guichet-service",
	    .root = ROOT_RUN, .wanted = WANTED_FOR_SERVICE,
	    .listener = { LISTEN_SERVICE } },
};
const size_t topology_n_roles = COUNT(topology_roles);

/* Everybody asks the vault; the desk asks intake to hash a patient's traits,
 * with a key that only intake holds; the spool brings files to intake and
 * knows nobody else; the courier, the only one that connects out, is told by
 * the vault what to carry, and by the desk to look at the drop; the updater
 * has the vault write down what it did.  The service port's bridge has no
 * channel: it comes to the local sockets as any caller does. */
const struct topology_link topology_links[] = {
	{ ROLE_INTAKE, ROLE_VAULT },
	{ ROLE_PICKUP, ROLE_VAULT },
	{ ROLE_DESK,   ROLE_VAULT },
	{ ROLE_DESK,   ROLE_INTAKE },
	{ ROLE_SPOOL,  ROLE_INTAKE },
	{ ROLE_COURIER, ROLE_VAULT },
	{ ROLE_DESK,   ROLE_COURIER },
	{ ROLE_UPDATER, ROLE_VAULT },
};
const size_t topology_n_links = COUNT(topology_links);

_Static_assert(COUNT(topology_links) <= TOPOLOGY_LINKS_MAX,
    "more links than the supervisor has room for");
_Static_assert(COUNT(topology_roles) <= TOPOLOGY_ROLES_MAX,
    "a process has room for every role");

static bool
has_folders(const struct config *config)
{
	for (unsigned i = 0; i < config->n_sources; i++)
		if (config->source[i].folder[0] != '\0')
			return true;
	return false;
}

/* See topology.h. */
bool
topology_has_hosts(const struct config *config)
{
	return config->drop_kind != DROP_NONE || config->sms_url[0] != '\0'
	    || strcmp(config->mail_server, "none") != 0;
}

/* See topology.h. */
bool
topology_has_service(const struct config *config, const struct box *box)
{
	return box != NULL && box->service[0] != '\0'
	    && config->service_port != 0;
}

/* See topology.h. */
bool
topology_is_wanted(const struct topology_role *role,
    const struct config *config, const struct box *box)
{
	switch (role->wanted) {
	case WANTED_FOR_FOLDERS:
		return has_folders(config);
	case WANTED_FOR_HOSTS:
		return topology_has_hosts(config);
	case WANTED_ON_BOX:
		return box != NULL;
	case WANTED_FOR_SERVICE:
		return topology_has_service(config, box);
	case WANTED_ALWAYS:
		break;
	}
	return true;
}
