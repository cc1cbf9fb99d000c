/*
 * report.h -- a new version of a report arrives: what becomes of it?
 *
 * The decision is a pure function of what is known and what is new (design:
 * lis.md 2.6, decisions.def); the rest of this file reads and writes the
 * report's row.
 */
#ifndef VAULT_REPORT_H
#define VAULT_REPORT_H

#include "vault/decision.h"
#include "vault/part.h"

/* Stored: add at the end only. */
enum report_state {
	REPORT_ACTIVE,		/* its newest bundle counts */
	REPORT_WITHDRAWN,	/* by the LIS or at the desk */
	REPORT_QUARANTINED,	/* two identities under one key */
	REPORT_CLEARED		/* was, until the desk looked: as if new,
				   but for what is older */
};

/* The row, as it was read. */
struct report_known {
	bool     exists;	/* false, too, where the desk cleared it:
				   then only `version` is known */
	uint64_t id;
	uint8_t  patient[32], content[32];
	struct version version;
	enum report_state state;
	uint64_t release, status;
	uint64_t card;		/* 0: none any more */
	uint64_t bundle;	/* the newest; 0: none */
	uint8_t  bid[BID_BYTES];
	bool     bundle_live;
	uint64_t bundle_reads;
};

struct report_new {
	uint8_t  key[32], patient[32], content[32], traits[32];
	struct version version;
	uint64_t release, status, exams;
	uint64_t holds;		/* enum hold; 0: it may be handed out */
	uint64_t card;		/* that it would be sealed to */
	/* Of a confirmation: those that it confirms. */
	struct lines lines;
	/* Of other bundles: final now, and taken back.  Of its own lines
	 * those that are final already, where others are preliminary. */
	struct span confirmed, removed;
};

/* Which case of decisions.def it is, and what that says. */
struct decision
report_decide(const struct report_known *known, const struct meeting *met,
    const struct report_new *new);

/* What withholds it: intake's reasons, and never none where it says so. */
uint64_t report_holds(uint64_t release, uint64_t status, uint64_t holds);

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
