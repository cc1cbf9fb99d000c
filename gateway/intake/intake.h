/*
 * intake.h -- the role: one slot per connection, each with a session and the
 * delivery of the frame it is waiting for.
 *
 * All memory but frames and payloads is taken at the start.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "ipc/role.h"

/* All that needs a path or may be refused, the listener among it; dies with
 * a line on standard error that says what to do. */
void intake_prepare(struct role *role);

/* See struct role_events. */
void intake_on_peer_lost(struct role *role, enum role_id peer);
void intake_on_drained(struct role *role, enum role_id peer);
void intake_on_stop(struct role *role, uint64_t grace_ms);

/* DELIVERY_STATE, REPORT_OPENED, CLAIM, DELIVERY_STORED. */
void intake_on_answer(struct role *role, const struct message *m);

#endif
