/*
 * process.h -- one role as a process: started, watched, restarted.
 *
 *   WAITING --spawn--> STARTING --READY--> RUNNING
 *      ^                  |                   |
 *      +----- back-off ---+------ death ------+--stopping--> STOPPED
 *
 * Never: reads anything but the role's own small messages.
 */
#ifndef SUPERVISOR_PROCESS_H
#define SUPERVISOR_PROCESS_H

#include <sys/types.h>
#include <uv.h>

#include "supervisor/topology.h"

enum process_state {
	PROCESS_WAITING, PROCESS_STARTING, PROCESS_RUNNING, PROCESS_STOPPED
};

struct process;

struct process_events {
	/* Its sandbox is closed; it can be given channels. */
	void (*on_ready)(void *owner, struct process *p);
	/* Any other message; `m` borrows until the call returns. */
	void (*on_message)(void *owner, struct process *p,
	    const struct message *m);
	/* It was told to stop and has. */
	void (*on_stopped)(void *owner, struct process *p);
};

struct process {
	const struct topology_role  *role;
	const struct process_events *events;	/* borrowed for ever */
	void       *owner;
	uv_loop_t  *loop;
	const char *program, *directory;	/* borrowed for ever */
	struct span start;			/* the slice; borrowed */
	int         listen_fd[ROLE_LISTEN_MAX];	/* borrowed; -1: none */
	int         launcher;			/* who starts it; 0: we do */
	/* ---- fields below belong to process.c */
	enum process_state state;
	pid_t       pid;		/* 0: none */
	int         fd;			/* our end; -1: none */
	uv_poll_t  *poll;		/* heap: outlives the descriptor */
	uv_timer_t  timer;		/* back-off, or the watchdog */
	uint64_t    started_ms, heard_ms;	/* of uv_now() */
	uint64_t    backoff_ms;
	uint64_t    pings, restarts;
	bool        is_stopping;
	char        last_death[64];	/* empty: it never died */
};

/* Fields above the line are set. */
void process_init(struct process *p);

/* Starts it now, and again whenever it ends. */
void process_start(struct process *p);

/* waitpid() gave its status: `p` is dead. */
void process_died(struct process *p, int wait_status);

/* Sends `m` to it, with `fd` beside it unless -1.  ST_OK or as
 * packet_send(); whoever does not read is left to the watchdog. */
MUST_CHECK enum status
process_send(struct process *p, const struct message *m, int fd);

/* Tells it to stop; no restart.  on_stopped follows, perhaps at once. */
void process_stop(struct process *p, uint64_t grace_ms);

/* kill -9, if it lives. */
void process_kill(struct process *p);

/* Seconds since it was started; 0 while there is none. */
uint64_t process_up_s(const struct process *p);

#endif
