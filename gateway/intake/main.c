/*
 * intake -- takes HL7 results from the LIS, seals them to the patient's card
 * and hands them to the vault.
 *
 * Trusts nobody: every byte on its socket is the lab network's.
 * Never: makes a connection, reads a stored result; opens no file once the
 * sandbox is closed.
 * Descriptors: 3 supervisor, 4 listening socket.
 */
#include "base/status.h"
#include "intake/intake.h"
#include "intake/policy.h"
#include "net/tls_pair.h"

static const struct ipc_handler handlers[] = {
	{ MSG_DELIVERY_STATE,  intake_on_answer },
	{ MSG_REPORT_OPENED,   intake_on_answer },
	{ MSG_CLAIM,           intake_on_answer },
	{ MSG_DELIVERY_STORED, intake_on_answer },
	{ MSG_REPORT_PROBED,   intake_on_probed },
	{ MSG_SPOOL_OFFER,     intake_on_spool },
	{ MSG_SPOOL_PART,      intake_on_spool },
	{ MSG_SPOOL_END,       intake_on_spool },
	{ MSG_SPOOL_DROP,      intake_on_spool },
	{ MSG_TRAITS_GET,      intake_on_traits },
};

static const struct role_events events = {
	.on_peer_lost = intake_on_peer_lost,
	.on_drained = intake_on_drained,
	.on_stop = intake_on_stop,
};

int
main(int argc, char **argv)
{
	static struct role role;

	tls_pair_options(argc, argv, "intake");
	role_options(argc, argv, &intake_policy);
	role_inherit(&role, ROLE_INTAKE);
	intake_prepare(&role);
	sandbox_enter(&intake_policy);
	return role_run(&role, &events, handlers, COUNT(handlers));
}
