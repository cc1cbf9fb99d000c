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
	X(INCIDENT,   "incident")	/* as WITHDRAW: posted for the wrong patient */

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
	X(SUPERSEDED,  "superseded")	/* a tombstone, not shown */

enum bundle_status {
#define X(name, text) BUNDLE_##name,
	BUNDLE_STATUS_MAP(X)
#undef X
	BUNDLE_STATUS_COUNT
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
