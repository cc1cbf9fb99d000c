/*
 * intake.h -- the role: what its ways in have in common.
 *
 * Results come in by entrances, each a row of the table in intake.c: MLLP and
 * MLLPS, HTTPS, files of the spool, the guichet command.  All hand their
 * inputs to deliveries (delivery.h).
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "intake/deliveries.h"

/* Which of the role's listening sockets is whose: supervisor/topology.c. */
enum { INTAKE_MLLP, INTAKE_MLLPS, INTAKE_FHIR, INTAKE_LOCAL };

struct intake {
	struct role *role;
	struct secret_32 *key;		/* locked memory */
	struct deliveries deliveries;
	struct msg_intake_counters now, told;
	uv_timer_t   timer, grace;
	uv_prepare_t before_sleep;
	uv_idle_t    awake;	/* runs while the loop must not sleep */
	bool is_stopping;
};

/* One way in.  Any function may be NULL. */
struct entrance {
	/* All that needs a path or may be refused; dies with a line on
	 * standard error that says what to do.  Before the sandbox. */
	void (*open)(struct intake *in);
	/* The loop is about to sleep: memory may have become free. */
	void (*before_sleep)(struct intake *in);
	/* Brings in->now up to date, every few seconds. */
	void (*count)(struct intake *in);
	/* Take nothing new, finish what is in flight; then intake_idle(). */
	void (*stop)(struct intake *in);
	bool (*is_idle)(const struct intake *in);
};

extern const struct entrance mllp_entrance;	/* mllp_entrance.c */
extern const struct entrance https_entrance;	/* https_entrance.c */
extern const struct entrance local_entrance;	/* local_entrance.c */

/* The role, for handlers and callbacks that have nothing else. */
struct intake *intake_of_role(struct role *role);

/* True where a line may be logged because of what a sender did: a few in
 * every turn of the counters. */
bool intake_may_log(struct intake *in);

/* Counts how a delivery ended; logs what an operator must know. */
void intake_ended(struct intake *in, enum delivery_end how);

/* Some entrance has nothing in flight any more: the role may stop. */
void intake_idle(struct intake *in);

/* --- for main.c ----------------------------------------------------------- */

void intake_prepare(struct role *role);

/* See struct role_events. */
void intake_on_peer_lost(struct role *role, enum role_id peer);
void intake_on_drained(struct role *role, enum role_id peer);
void intake_on_stop(struct role *role, uint64_t grace_ms);

/* DELIVERY_STATE, REPORT_OPENED, CLAIM, DELIVERY_STORED. */
void intake_on_answer(struct role *role, const struct message *m);
void intake_on_probed(struct role *role, const struct message *m);
void intake_on_spool(struct role *role, const struct message *m);
void intake_on_traits(struct role *role, const struct message *m);

#endif
