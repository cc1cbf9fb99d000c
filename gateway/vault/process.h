/*
 * process.h -- the vault in its process: loop, timers, peers.
 *
 * One turn of the loop: messages are taken while polling, then everything
 * that writes is committed at once (vault_turn), then the sweep does a step.
 */
#ifndef VAULT_PROCESS_H
#define VAULT_PROCESS_H

#include "ipc/role.h"

extern const struct role_events vault_events;

/* Reads what is outside of the data directory: before sandbox_enter(). */
void vault_prepare(struct role *role);

/* Opens the store, and dies with a reason where that fails: afterwards. */
void vault_begin(struct role *role);

/* The one handler: hands `m` to vault_take(). */
void on_vault_message(struct role *role, const struct message *m);

#endif
