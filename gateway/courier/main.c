/*
 * courier -- carries what the vault's outbox says to the drop, to the mail
 * server and to the SMS gateway: sealed objects, deletions, neutral notices.
 *
 * Trusts nobody: every host's answer is somebody else's bytes.
 * Never: listens, opens a file, sees a content key or a result, chooses what
 * leaves or where to.
 * Descriptors: 3 supervisor; channels to vault and desk come later.
 */
#include "courier/courier.h"

static const struct ipc_handler handlers[] = {
	{ MSG_OUTBOX_JOB,  courier_on_job },
	{ MSG_OUTBOX_NONE, courier_on_none },
	{ MSG_OUTBOX_WAKE, courier_on_wake },
	{ MSG_OUTBOX_DATA, courier_on_data },
	{ MSG_CREDENTIAL,  courier_on_credential },
	{ MSG_DROP_CHECK,  courier_on_check },
};

static const struct role_events events = {
	.on_peer = courier_on_peer,
	.on_peer_lost = courier_on_peer_lost,
	.on_stop = courier_on_stop,
};

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, courier_own_policy(NULL));
	role_inherit(&role, ROLE_COURIER);
	courier_prepare(&role);		/* authorities, names of hosts */
	sandbox_enter(courier_own_policy(&role));
	return role_run(&role, &events, handlers, COUNT(handlers));
}
