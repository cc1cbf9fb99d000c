/*
 * pickup -- HTTPS for patients: the page, sealed bundles, health links.
 *
 * Trusts nobody: every byte on its sockets is the branch network's.
 * Never: opens a file after start, makes a connection, sees a plaintext or a
 * content key; asks the vault anything but point look-ups.
 * Descriptors: 3 supervisor, 4 listening socket; the vault's channel later.
 */
#include "net/tls_pair.h"
#include "pickup/pickup.h"
#include "pickup/policy.h"

int
main(int argc, char **argv)
{
	static struct role role;
	static struct pickup pickup;

	tls_pair_options(argc, argv, "pickup");
	role_options(argc, argv, &pickup_policy);
	role_inherit(&role, ROLE_PICKUP);
	pickup_prepare(&pickup, &role);
	sandbox_enter(&pickup_policy);
	return role_run(&role, &pickup_events, pickup_handlers,
	    pickup_n_handlers);
}
