/*
 * service -- lets the guichet command of whoever has the box in hand come in
 * by its service port.
 *
 * Trusts nobody: what comes by the port goes to the local sockets, which know
 * what to do with any caller.
 * Never: looks at what it carries, opens a file, connects to anything but the
 * sockets of run.dir.
 * Descriptors: 3 supervisor, 4 the port.
 */
#include "service/bridge.h"
#include "service/policy.h"

static const struct role_events events = { 0 };

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, &service_policy);
	role_inherit(&role, ROLE_SERVICE);
	bridge_prepare(&role);		/* the terminal's mode */
	sandbox_enter(&service_policy);
	return role_run(&role, &events, NULL, 0);
}
