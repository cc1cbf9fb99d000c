/*
 * updater.h -- the role: what the supervisor and the vault say, the local
 * socket of `guichet update`, and the one update that may run.
 *
 *     IDLE --BEGIN--> RECEIVING --END--> CHECKING --> TELLING --> IDLE
 *       \__________ROLLBACK__________________________/
 *
 * TELLING: the boot-control block is changed; the vault is told, then the
 * command, then, where the box restarts, the supervisor.
 */
#ifndef UPDATE_UPDATER_H
#define UPDATE_UPDATER_H

#include "ipc/role.h"

/* Descriptors in role->listen_fd, by the supervisor's topology. */
enum { UPDATER_SOCKET, UPDATER_BOOT, UPDATER_ROOT, UPDATER_CONTROL };

/* Before the sandbox closes; dies where a descriptor is missing. */
void updater_prepare(struct role *role);

/* UPDATE_FACTS: nothing is done before; again when the floor has risen. */
void updater_on_facts(struct role *role, const struct message *m);

/* UPDATE_NOTED: the event is in the audit log.  Where the vault is gone before,
 * the next one is told. */
void updater_on_noted(struct role *role, const struct message *m);
void updater_on_peer_lost(struct role *role, enum role_id peer);

#endif
