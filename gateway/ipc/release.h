/*
 * release.h -- the numbers that intake, vault, pickup and desk share about a
 * bundle: may it be handed out, and what does the patient see?
 *
 * They are part of the inter-process format and of the database: add at the
 * end only.
 */
#ifndef IPC_RELEASE_H
#define IPC_RELEASE_H

/* What intake decided (design: release matrix). */
#define RELEASE_MAP(X)                                                  \
	X(DELIVER,    "deliver")	/* from opens_s on */            \
	X(WITHHOLD,   "withhold")	/* sealed, the vault refuses */  \
	X(WITHDRAW,   "withdraw")	/* revoke the report; no object */ \
	X(INCIDENT,   "incident")	/* as WITHDRAW: posted for the wrong patient */ \
	X(CONFIRM,    "confirm")	/* open what was preliminary; no object */ \
	X(QUARANTINE, "quarantine")	/* store nothing, a human looks */

enum release {
#define X(name, text) RELEASE_##name,
	RELEASE_MAP(X)
#undef X
	RELEASE_COUNT
};

/* What the claim and the page call a bundle (formats.md, "status"). */
#define BUNDLE_STATUS_MAP(X)                                            \
	X(FINAL,       "final")                                         \
	X(CORRECTED,   "corrected")                                     \
	X(APPENDED,    "appended")                                      \
	X(PRELIMINARY, "preliminary")	/* always withheld */            \
	X(WITHDRAWN,   "withdrawn")	/* a tombstone */                \
	X(CLOSED,      "closed")	/* a tombstone */                \
	X(SUPERSEDED,  "superseded")	/* a tombstone, not shown */     \
	X(OUTDATED,    "outdated")	/* open; some of its lines are newer elsewhere */

enum bundle_status {
#define X(name, text) BUNDLE_##name,
	BUNDLE_STATUS_MAP(X)
#undef X
	BUNDLE_STATUS_COUNT
};

/* Why a bundle is withheld: bits, stored with it.  It opens when none is left.
 * A confirmation (OBX-11 U) takes the first away, a named biologist all that
 * HOLD_BY_BIOLOGIST has, nobody the rest: they need another message. */
enum hold {
	HOLD_PRELIMINARY = 1,	/* no final status yet */
	HOLD_LIST        = 2,	/* on the laboratory's hold list */
	HOLD_GENETIC     = 4,
	HOLD_FLAG        = 8,	/* OBX-8 HM or QCF */
	HOLD_CATEGORY    = 16,	/* OBX-26 */
	HOLD_HIDDEN      = 32,	/* from the patient, by its author */
	HOLD_UNKNOWN     = 64,	/* a status that no table has */
	HOLD_BY_BIOLOGIST = HOLD_LIST | HOLD_GENETIC | HOLD_FLAG
	    | HOLD_CATEGORY | HOLD_UNKNOWN
};

enum card_state { CARD_ACTIVE, CARD_FROZEN, CARD_EXPIRED };

/* Classes of exams for the breach report: what kind of data, never a value. */
enum exams {
	EXAMS_OTHER        = 1,
	EXAMS_CHEMISTRY    = 2,
	EXAMS_HEMATOLOGY   = 4,
	EXAMS_MICROBIOLOGY = 8,
	EXAMS_SEROLOGY     = 16,
	EXAMS_GENETICS     = 32,
	EXAMS_DOCUMENT     = 64		/* holds a PDF */
};

#endif
