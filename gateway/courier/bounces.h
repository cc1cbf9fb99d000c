/*
 * bounces.h -- mails that came back, found in the mailbox of mail.from
 * (mail.bounces, POP3 over TLS) and told to the vault by their reference.
 *
 * Every five minutes each mail that was not looked at before is read line by
 * line; reports about mails of this box are taken out, all others stay as they
 * are and nothing of them is kept.
 * Never: takes a report out before the vault has been told.
 */
#ifndef COURIER_BOUNCES_H
#define COURIER_BOUNCES_H

#include "ipc/role.h"

struct resolver;

/* Before the sandbox; as mail_prepare(), room for one port. */
unsigned bounces_prepare(struct role *role, struct resolver *resolver,
    uint16_t *port);

/* mail's credential: a look follows soon. */
void bounces_credential(struct span secret);

/* The vault's clock, for certificates, whenever a job brings it. */
void bounces_clock(uint64_t now_s);

#endif
