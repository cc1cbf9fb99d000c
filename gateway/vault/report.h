/*
 * report.h -- a new version of a report arrives: what becomes of it?
 *
 * The decision is a pure function of what is known and what is new (design:
 * lis.md 2.6); the rest of this file reads and writes the report's row.
 */
#ifndef VAULT_REPORT_H
#define VAULT_REPORT_H

#include "vault/part.h"

/* Stored: add at the end only. */
enum report_state {
	REPORT_ACTIVE,		/* its newest bundle counts */
	REPORT_WITHDRAWN,	/* by the LIS or at the desk */
	REPORT_QUARANTINED	/* two identities under one key */
};

/* The row, as it was read. */
struct report_known {
	bool     exists;
	uint64_t id;
	uint8_t  patient[32], content[32];
	uint64_t version_ms;
	enum report_state state;
	uint64_t release, status;
	uint64_t card;		/* 0: none any more */
	uint64_t bundle;	/* the newest; 0: none */
	uint8_t  bid[BID_BYTES];
	bool     bundle_live;
	uint64_t bundle_reads;
};

struct report_new {
	uint8_t  key[32], patient[32], content[32];
	uint64_t version_ms;
	uint64_t release, status, exams;
	uint64_t card;		/* that it would be sealed to */
	struct lines lines;
};

enum report_decision {
	REPORT_SEAL,		/* a new bundle; what it replaces goes */
	REPORT_SAME,		/* nothing changed */
	REPORT_OLD,		/* a newer version is here already */
	REPORT_REVOKE,		/* withdraw what is there */
	REPORT_UNKNOWN,		/* withdraws what never came: remember that */
	REPORT_QUARANTINE	/* revoke what is there, take nothing */
};

enum report_decision
report_decide(const struct report_known *known, const struct meeting *met,
    const struct report_new *new);

/* What is known once the decision about `new` is stored; the bundle of a
 * REPORT_SEAL is for the caller to fill in. */
struct report_known
report_after(const struct report_known *known, const struct report_new *new,
    enum report_decision decision);

/* Reads the row of `key`; exists is false where there is none.  As sql_run()
 * or ST_CORRUPT. */
MUST_CHECK enum status
report_load(struct vault *v, const uint8_t key[static 32],
    struct report_known *out);

/*
 * Writes the row after a decision, within a transaction, and gives its id.
 * `bundle` is the newest bundle's id, 0 to keep what is known.  As sql_run().
 */
MUST_CHECK enum status
report_save(struct vault *v, const struct report_known *known,
    const struct report_new *new, enum report_decision decision,
    uint64_t bundle, uint64_t *id);

#endif
