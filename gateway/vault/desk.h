/*
 * desk.h -- what the desk may ask beyond cards: the box's key, bundles by
 * their ids and times, withdrawal, status, the audit log.  Never a result.
 */
#ifndef VAULT_DESK_H
#define VAULT_DESK_H

#include "vault/job.h"

void on_box_get(struct vault *v, const struct message *m);
void on_bundle_list(struct vault *v, const struct message *m);
void on_status_get(struct vault *v, const struct message *m);
void on_audit_read(struct vault *v, const struct message *m);

extern const struct job_kind bundle_revoke_job;

#endif
