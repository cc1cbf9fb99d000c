/*
 * role.h -- what every role process is made of: its descriptors, its slice
 * of the configuration, its loop, its peers.
 *
 * Order in main(): role_options, role_inherit, <role>_prepare,
 * sandbox_enter, role_run.
 * Descriptor 3 is the supervisor (SOCK_SEQPACKET); 4, 5, ... are listening
 * sockets where topology and configuration give any (supervisor/topology.h).  Channels to
 * peers arrive later, as descriptors beside a PEER message, and arrive again
 * whenever the other end was restarted.
 */
#ifndef IPC_ROLE_H
#define IPC_ROLE_H

#include <uv.h>

#include "config/config.h"
#include "ipc/channel.h"
#include "os/sandbox.h"

enum { ROLE_FD_SUPERVISOR = 3, ROLE_FD_LISTEN = 4, ROLE_LISTEN_MAX = 4 };

/* Exit codes, after sysexits: the supervisor does not hurry to restart after
 * ROLE_EXIT_CONFIG.  guichetd itself ends with ROLE_EXIT_RESTART_BOX where
 * the box shall start again (firmware/init). */
enum { ROLE_EXIT_USAGE = 64, ROLE_EXIT_OS = 71, ROLE_EXIT_CONFIG = 78,
    ROLE_EXIT_RESTART_BOX = 80 };

struct role;

/* One row per message that may arrive from a peer or from the supervisor.
 * START, PEER, PING and STOP are role.c's own; what the guichet command sends
 * arrives on the desk's own channels, not here. */
struct ipc_handler {
	enum message_id id;
	void (*on)(struct role *role, const struct message *m);
};

struct role_events {
	/* A channel to `peer` works, for the first time or again. */
	void (*on_peer)(struct role *role, enum role_id peer);
	/* It is gone: whatever waited for an answer never gets one. */
	void (*on_peer_lost)(struct role *role, enum role_id peer);
	void (*on_drained)(struct role *role, enum role_id peer);
	/* Finish what is in flight; call role_stopped() when done.  NULL:
	 * there is nothing to finish. */
	void (*on_stop)(struct role *role, uint64_t grace_ms);
};

struct role {
	enum role_id id;
	uv_loop_t loop;
	struct config config;		/* only this role's keys are set */
	int listen_fd[ROLE_LISTEN_MAX];	/* -1: none */
	struct channel peer[ROLE_COUNT];
	void *state;			/* the role's own */
	struct role_internals *internals;
};

/*
 * Obeys the command line before anything else: `--policy` prints the policy
 * and ends the process with 0; anything else ends it with 64 and a line that
 * says what is allowed.  Returns only when there are no arguments.
 */
void role_options(int argc, char **argv, const struct sandbox_policy *policy);

/*
 * Reads START from the supervisor and checks the configuration slice.
 * Closes every descriptor that the topology does not give.  Dies, with a
 * line on standard error, where anything is not as it should be.
 *
 * The working directory is the role's root (os/sandbox.h): the vault's is its
 * data directory, everybody else's is empty.
 */
void role_inherit(struct role *role, enum role_id id);

/*
 * Sends READY and turns the loop until STOP.  Dies at once unless every
 * message routed to this role has exactly one handler.  Returns the exit
 * code.
 */
int role_run(struct role *role, const struct role_events *events,
    const struct ipc_handler *handlers, size_t n_handlers);

/* The role finished what on_stop asked for. */
void role_stopped(struct role *role);

/* Dies with ROLE_EXIT_CONFIG and a line on standard error: a file or value
 * that only the operator can put right.  Not before role_inherit(). */
__attribute__((format(printf, 1, 2)))
_Noreturn void role_refuse(const char *format, ...);

/* Sends to a peer or to the supervisor; statuses as channel_send(). */
MUST_CHECK enum status
role_send(struct role *role, enum role_id to, const struct message *m);

#endif
