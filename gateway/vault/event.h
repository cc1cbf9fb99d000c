/*
 * event.h -- INTAKE_EVENT: what an auditor must find although it stores no
 * result: a peer that was refused, a sender that is not on its list.
 *
 * Whoever causes such events must not fill the log: of one kind (source and
 * words) a record a minute, then more and more seldom, with the number of
 * events since the last one.
 */
#ifndef VAULT_EVENT_H
#define VAULT_EVENT_H

#include "vault/job.h"

enum { EVENT_PAUSE_MIN_MS = 60 * 1000, EVENT_PAUSE_MAX_MS = 60 * 60 * 1000 };

void on_intake_event(struct vault *v, const struct message *m);

/* BOX_BOOTED, UPDATE_EVENT: a record each, always; the latter is answered with
 * UPDATE_NOTED when its record is durable. */
void on_box_booted(struct vault *v, const struct message *m);
void on_update_event(struct vault *v, const struct message *m);

#endif
