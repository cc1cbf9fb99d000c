/*
 * desk -- issues cards and answers the `guichet` command on a local socket.
 *
 * Makes a card's code, prints it once on the slip, and forgets it.
 * Never: sees a result, a name or a content key; listens on a network.
 * Descriptors: 3 supervisor, 4 the local socket.
 */
#include "base/status.h"
#include "desk/desk.h"
#include "desk/policy.h"

static const struct ipc_handler handlers[] = {
#define X(NAME, name) { MSG_##NAME, desk_on_##name },
	DESK_ANSWERS(X)
#undef X
};

static const struct role_events events = {
	.on_peer = desk_on_peer,
	.on_peer_lost = desk_on_peer_lost,
};

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, &desk_policy);
	role_inherit(&role, ROLE_DESK);
	desk_prepare(&role);
	sandbox_enter(&desk_policy);
	return role_run(&role, &events, handlers, COUNT(handlers));
}
