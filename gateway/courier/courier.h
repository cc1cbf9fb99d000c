/*
 * courier.h -- the role's own: who works on which row of the outbox.
 *
 * The vault decides what is due; the courier asks for a row whenever one of
 * its slots is free (OUTBOX_TAKE), does it, and says how it went
 * (OUTBOX_DONE).  It keeps nothing: what is in flight at its end is due again.
 */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include "ipc/outbox.h"
#include "ipc/role.h"

/* Before the sandbox: reads authorities, name servers, /etc/hosts. */
void courier_prepare(struct role *role);
/* The policy with the ports of the configured hosts. */
const struct sandbox_policy *courier_own_policy(struct role *role);

void courier_on_job(struct role *role, const struct message *m);
void courier_on_none(struct role *role, const struct message *m);
void courier_on_wake(struct role *role, const struct message *m);
void courier_on_data(struct role *role, const struct message *m);
void courier_on_credential(struct role *role, const struct message *m);
void courier_on_check(struct role *role, const struct message *m);
void courier_on_peer(struct role *role, enum role_id peer);
void courier_on_peer_lost(struct role *role, enum role_id peer);
void courier_on_stop(struct role *role, uint64_t grace_ms);

/* --- for the files that do the work ------------------------------------- */

/* A slot's job.  The spans of `m` live in `bytes` until courier_done(). */
struct courier_job {
	struct role *role;
	struct msg_outbox_job m;
	void   *work;			/* the worker's own */
	uint8_t bytes[1024];		/* PERSONAL; wiped */
};

/* What does the rows of a channel: begin() must lead to courier_done(), from
 * the loop; data() brings what courier_read() asked for; abort(): the vault is
 * gone, forget the job without a word. */
struct courier_worker {
	void (*begin)(struct courier_job *job);
	void (*data)(struct courier_job *job, const struct msg_outbox_data *m);
	void (*abort)(struct courier_job *job);
};

extern const struct courier_worker push_worker;	/* CHANNEL_STORE */
extern const struct courier_worker mail_worker;	/* CHANNEL_MAIL */
extern const struct courier_worker sms_worker;	/* CHANNEL_SMS */

/* Before the sandbox; each reads what it needs of role->config, and dies
 * (role_refuse) where that cannot work.  Returns how many ports of its hosts
 * it wrote to `ports` (room for 3); 0: the channel is not configured. */
struct resolver;
unsigned push_prepare(struct role *role, struct resolver *resolver,
    uint16_t *ports);
unsigned mail_prepare(struct role *role, struct resolver *resolver,
    uint16_t *ports);
unsigned sms_prepare(struct role *role, struct resolver *resolver,
    uint16_t *ports);

/* The channel's credential, at the start and whenever it changes. */
void push_credential(struct span secret);
void mail_credential(struct span secret);
void sms_credential(struct span secret);

/* Asks the vault for the body from `offset` -> worker's data(). */
void courier_read(struct courier_job *job, uint64_t offset);

/* The end of a job; its memory may be another's at once. */
void courier_done(struct courier_job *job, enum outbox_outcome outcome,
    uint64_t retry_after_s, const char *error);

/* The drop; NULL: none is configured. */
struct store *push_store(void);

/* DROP_CHECK: drop_check.c answers with DROP_FINDINGs and DROP_CHECKED. */
void drop_check_begin(struct role *role, const struct msg_drop_check *m);

#endif
