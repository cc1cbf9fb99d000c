/*
 * credential.h -- the courier's passwords: sealed under a key of the device
 * root, handed to the courier, never to anybody else, never logged.
 */
#ifndef VAULT_CREDENTIAL_H
#define VAULT_CREDENTIAL_H

#include "vault/job.h"

/* All three, to a courier that has just come or after a change. */
void credential_send_all(struct vault *v);

extern const struct job_kind credential_store_job;
void on_credential_list(struct vault *v, const struct message *m);

#endif
