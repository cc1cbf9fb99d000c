/*
 * vault -- owns what is stored: sealed objects, wrapped envelopes, window
 * keys, hashes of tokens, the audit log; decides what may be handed out.
 *
 * Trusts intake for what a result is and pickup for who is asking; believes
 * neither about time, counters or release.
 * Never: has a network socket, sees plaintext, a code or a content key.
 * Descriptors: 3 supervisor; channels to intake, pickup, desk and
 * courier come later.
 */
#include "vault/policy.h"
#include "vault/process.h"

#define TAKES(id) { MSG_##id, on_vault_message }

static const struct ipc_handler handlers[] = {
	TAKES(DELIVERY_BEGIN), TAKES(REPORT_OPEN), TAKES(CLAIM_GET),
	TAKES(OBJECT_PART), TAKES(ENVELOPE), TAKES(DELIVERY_COMMIT),
	TAKES(DELIVERY_ABORT), TAKES(INTAKE_COUNTERS),
	TAKES(REPORT_PROBE), TAKES(INTAKE_EVENT), TAKES(BUNDLE_RELEASE),
	TAKES(CARD_OPEN), TAKES(OBJECT_READ),
	TAKES(SHARE_MAKE), TAKES(SHARE_END), TAKES(SHARE_OPEN),
	TAKES(BOX_GET), TAKES(CARD_STORE), TAKES(CARD_LIST),
	TAKES(CARD_FREEZE), TAKES(BUNDLE_LIST), TAKES(BUNDLE_REVOKE),
	TAKES(QUARANTINE_LIST), TAKES(QUARANTINE_CLEAR),
	TAKES(STATUS_GET), TAKES(AUDIT_READ),
	TAKES(OUTBOX_TAKE), TAKES(OUTBOX_READ), TAKES(OUTBOX_DONE),
	TAKES(MAIL_BOUNCED), TAKES(OUTBOX_LIST), TAKES(ALARM_LIST),
	TAKES(ALARM_CLEAR), TAKES(CREDENTIAL_STORE), TAKES(CREDENTIAL_LIST),
	TAKES(DROP_STOP), TAKES(CARD_CALL),
	TAKES(BOX_BOOTED), TAKES(UPDATE_EVENT),
};

int
main(int argc, char **argv)
{
	static struct role role;

	role_options(argc, argv, &vault_policy);
	role_inherit(&role, ROLE_VAULT);
	vault_prepare(&role);		/* the kernel's boot id */
	sandbox_enter(&vault_policy);	/* does not return if refused */
	vault_begin(&role);		/* files, as the vault's own user */
	return role_run(&role, &vault_events, handlers, COUNT(handlers));
}
