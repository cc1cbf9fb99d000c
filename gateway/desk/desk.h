/* desk.h -- the desk's listening socket and its answers from other roles. */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "ipc/role.h"

/* Starts taking connections on the local socket; dies where it cannot. */
void desk_prepare(struct role *role);

/* An answer from vault, courier or supervisor for whichever session waits for it. */
#define DESK_ANSWERS(X)                                                 \
	X(BOX, box) X(CARD_ROW, card_row) X(BUNDLE_ROW, bundle_row)     \
	X(STATUS, status) X(AUDIT_LINE, audit_line) X(DONE, done)       \
	X(HEALTH_ROW, health_row) X(HEALTH_END, health_end) X(TRAITS, traits) \
	X(QUARANTINE_ROW, quarantine_row)                               \
	X(OUTBOX_ROW, outbox_row) X(OUTBOX_HOST, outbox_host)           \
	X(ALARM_ROW, alarm_row) X(CREDENTIAL_ROW, credential_row)       \
	X(DROP_FINDING, drop_finding) X(DROP_CHECKED, drop_checked)       \
	X(BOX_STATE, box_state)

#define X(NAME, name) \
	void desk_on_##name(struct role *role, const struct message *m);
DESK_ANSWERS(X)
#undef X

void desk_on_peer(struct role *role, enum role_id peer);
void desk_on_peer_lost(struct role *role, enum role_id peer);

#endif
