/*
 * contact_rig.h -- cards with addresses on a rig's vault, and what becomes of
 * their notices, without a courier.
 */
#ifndef FAKES_CONTACT_RIG_H
#define FAKES_CONTACT_RIG_H

#include "vault/notice.h"
#include "vault_rig.h"

/* Planted where they may be; looked for where they may not. */
#define RIG_PHONE "+33698765432"
#define RIG_MAIL "odile.plantee@patient.example"
#define RIG_DAY_CODE "DAYK7QFM2X"
#define RIG_PASSWORD "grenouille-de-bois-71"

struct rig_contact {
	const char *card;
	const char *phone, *mail;	/* NULL: none */
	const char *day_code;		/* NULL: no drop variant */
	const char *lang;		/* NULL: "fr" */
	bool lab, is_secret;
};

/* CARD_STORE; its outcome. */
enum status rig_contact(struct rig *r, const struct rig_contact *c);
/* "CARD000001" with phone and mail. */
void rig_patient(struct rig *r);
/* A final report of that card; `n` makes it another one. */
struct rig_result rig_result_for(struct rig *r, uint8_t n);

/* How many notices wait; those of a kind. */
uint64_t rig_notices(struct rig *r);
uint64_t rig_waiting(struct rig *r, enum outbox_channel channel,
    enum notice notice);
/* Lets the oldest one of a channel end as the courier would have said. */
void rig_leaves(struct rig *r, enum outbox_channel channel, bool refused);
/* Lets all that wait leave. */
void rig_leave_all(struct rig *r);

/* The courier's own way: OUTBOX_TAKE; NULL: nothing is due.  Valid until the
 * next question. */
const struct msg_outbox_job *
rig_job(struct rig *r, enum outbox_channel channel);
void rig_job_done(struct rig *r, uint64_t job, enum outbox_outcome outcome);

uint64_t rig_alarms(struct rig *r, enum alarm kind);

/* How often `text` stands in the database's pages, the freed ones as well, or
 * in its journal. */
size_t rig_pages_with(struct rig *r, const char *text);

/* From here on what this process logs is kept, and a vault that is closed by
 * rig_close_searched() is searched: every table, the audit log among them, but
 * for the columns where an address belongs. */
void rig_listen(void);
void rig_close_searched(struct rig *r);
/* How often a planted text stood where it may not. */
size_t rig_leaks(void);

#endif
