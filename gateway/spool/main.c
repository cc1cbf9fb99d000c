/*
 * spool -- brings the files that a LIS leaves in its folder to intake, and
 * takes them away when intake says what became of them.
 *
 * Trusts nobody: whoever writes into those folders is the lab network.
 * Never: looks into a file, follows a link, speaks to anybody but intake,
 * logs a file's name.
 * Descriptors: 3 supervisor; one for each folder; a channel to intake comes
 * later.
 */
#include "spool/policy.h"
#include "spool/spool.h"

static const struct ipc_handler handlers[] = {
	{ MSG_SPOOL_ANSWER, spool_on_answer },
};

static const struct role_events events = {
	.on_peer = spool_on_peer,
	.on_peer_lost = spool_on_peer_lost,
	.on_drained = spool_on_drained,
};

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, &spool_policy);
	role_inherit(&role, ROLE_SPOOL);
	spool_prepare(&role);
	sandbox_enter(spool_own_policy(&role));
	spool_begin(&role);
	return role_run(&role, &events, handlers, COUNT(handlers));
}
