/*
 * updater -- writes a signed update into the slot that does not run, and arms
 * it.
 *
 * Trusts nobody: a container is judged by its signature before a word of it
 * is believed.
 * Never: reaches the slot that runs or the data, opens a file, connects
 * anywhere, restarts the box (it asks the supervisor).
 * Descriptors: 3 supervisor, 4 the local socket, 5 boot partition of the other
 * slot, 6 its root partition, 7 the boot-control block; a channel to the vault
 * comes later.
 */
#include "update/policy.h"
#include "update/updater.h"

static const struct ipc_handler handlers[] = {
	{ MSG_UPDATE_FACTS, updater_on_facts },
	{ MSG_UPDATE_NOTED, updater_on_noted },
};

static const struct role_events events = {
	.on_peer_lost = updater_on_peer_lost,
};

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, &update_policy);
	role_inherit(&role, ROLE_UPDATER);
	updater_prepare(&role);
	sandbox_enter(&update_policy);
	return role_run(&role, &events, handlers, COUNT(handlers));
}
