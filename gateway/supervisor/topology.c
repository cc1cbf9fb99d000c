#include "supervisor/topology.h"

const struct topology_role topology_roles[] = {
	{ ROLE_VAULT, "guichet-vault", "guichet-vault",
	    .has_data = true, .stops = 1 },
	{ ROLE_INTAKE, "guichet-intake", "guichet-intake",
	    .listener = { LISTEN_MLLP, LISTEN_MLLPS, LISTEN_FHIR,
		LISTEN_INTAKE } },
	{ ROLE_PICKUP, "guichet-pickup", "guichet-pickup",
	    .listener = { LISTEN_PICKUP } },
	{ ROLE_DESK, "guichet-desk", "guichet-desk",
	    .listener = { LISTEN_DESK } },
	{ ROLE_SPOOL, "guichet-spool", "guichet-spool",
	    .wanted = WANTED_FOR_FOLDERS },
	{ ROLE_COURIER, "guichet-courier", "guichet-courier",
	    .wanted = WANTED_FOR_HOSTS },
};
const size_t topology_n_roles = COUNT(topology_roles);

/* Everybody asks the vault; the desk asks intake to hash a patient's traits,
 * with a key that only intake holds; the spool brings files to intake and
 * knows nobody else; the courier, the only one that connects out, is told by
 * the vault what to carry, and by the desk to look at the drop. */
const struct topology_link topology_links[] = {
	{ ROLE_INTAKE, ROLE_VAULT },
	{ ROLE_PICKUP, ROLE_VAULT },
	{ ROLE_DESK,   ROLE_VAULT },
	{ ROLE_DESK,   ROLE_INTAKE },
	{ ROLE_SPOOL,  ROLE_INTAKE },
	{ ROLE_COURIER, ROLE_VAULT },
	{ ROLE_DESK,   ROLE_COURIER },
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
topology_is_wanted(const struct topology_role *role,
    const struct config *config)
{
	if (role->wanted == WANTED_FOR_FOLDERS)
		return has_folders(config);
	return role->wanted == WANTED_ALWAYS || topology_has_hosts(config);
}
