/*
 * audit.h -- what happened, as JSON lines that hang together.
 *
 * One record, one line, one encoder; the line's exact bytes are a leaf of an
 * RFC 6962 tree whose frontier is stored in the same transaction
 * (docs/formats/audit.md).
 * Never: a name, a code, a value, a card number; of a patient's address only
 * its network.
 */
#ifndef VAULT_AUDIT_H
#define VAULT_AUDIT_H

#include "clock/clock.h"
#include "vault/database.h"
#include "vault/merkle.h"

enum { AUDIT_LINE_MAX = 2048, AUDIT_DETAILS = 6 };

struct audit {
	struct database    *db;		/* borrowed for ever */
	const struct clock *clock;	/* borrowed for ever */
	struct merkle       tree;	/* with what is not committed yet */
	struct merkle       committed;
};

/* One member of "det": text where `text` is set, else the number. */
struct audit_detail {
	const char *name;	/* NULL ends the list */
	const char *text;
	uint64_t    number;
};

struct audit_event {
	const char *ev;		/* "store", "read", ... */
	const char *actor;	/* kind: "source", "patient", "staff", "box" */
	struct span actor_id;	/* may be empty */
	struct span obj;	/* bid or a card's reference; may be empty */
	const char *ch;		/* "lis", "branch", "link", "desk", "box" */
	const char *res;	/* "ok", "refused", ... */
	struct audit_detail det[AUDIT_DETAILS + 1];
};

/* Reads the frontier; ST_OK, ST_CORRUPT where it does not fit the records
 * there are (logged), or as sql_run(). */
MUST_CHECK enum status
audit_open(struct audit *a, struct database *db, const struct clock *clock);

/* Writes a record, within a transaction; ST_OK or as sql_run(). */
MUST_CHECK enum status
audit_add(struct audit *a, const struct audit_event *event);

/* Stores the frontier: the last thing before COMMIT.  As sql_run(). */
MUST_CHECK enum status audit_seal(struct audit *a);

/* After COMMIT, and after a rollback of the whole transaction. */
void audit_committed(struct audit *a);
void audit_rolled_back(struct audit *a);

/* "lan", or the client's network ("192.0.2.0/24"); `out` has 64 bytes. */
void audit_network(const uint8_t peer[static 16], char *out);

#endif
