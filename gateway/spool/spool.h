/*
 * spool.h -- the role: all folders, and the channel to intake.
 */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "spool/watch.h"

/* Opens the folders and asks for the kernel's notices: before the sandbox.
 * Dies with a line on standard error that says what to do. */
void spool_prepare(struct role *role);

/* What the sandbox leaves: those folders. */
const struct sandbox_policy *spool_own_policy(const struct role *role);

/* Makes done and failed, as the role's own user: in the sandbox. */
void spool_begin(struct role *role);

/* See struct role_events. */
void spool_on_peer(struct role *role, enum role_id peer);
void spool_on_peer_lost(struct role *role, enum role_id peer);
void spool_on_drained(struct role *role, enum role_id peer);

/* SPOOL_ANSWER. */
void spool_on_answer(struct role *role, const struct message *m);

#endif
