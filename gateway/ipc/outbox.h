/*
 * outbox.h -- the numbers that vault, courier and desk share about what
 * leaves the box (design: drop.md).
 *
 * They are part of the inter-process format and of the database: add at the
 * end only.
 */
#ifndef IPC_OUTBOX_H
#define IPC_OUTBOX_H

/* One host each; one breaker each; one credential each. */
#define OUTBOX_CHANNEL_MAP(X)                                           \
	X(STORE, "store")	/* the drop: an object store */          \
	X(MAIL,  "mail")	/* SMTP submission */                    \
	X(SMS,   "sms")		/* an HTTPS gateway */

enum outbox_channel {
#define X(name, text) CHANNEL_##name,
	OUTBOX_CHANNEL_MAP(X)
#undef X
	CHANNEL_COUNT
};

#define OUTBOX_KIND_MAP(X)                                              \
	X(PUT_OBJECT, "put object")	/* d/<name>, application/jose */ \
	X(PUT_INDEX,  "put index")	/* i/<loc>, application/json */  \
	X(DELETE,     "delete")		/* either; gone already is done */ \
	X(NOTICE,     "notice")		/* to a patient */

enum outbox_kind {
#define X(name, text) OUTBOX_##name,
	OUTBOX_KIND_MAP(X)
#undef X
	OUTBOX_KIND_COUNT
};

/* Neutral texts: design, trust.md 5.3. */
#define NOTICE_MAP(X)                                              \
	X(DOCUMENT,  "document")	/* something waits at the lab */ \
	X(DAY_CODE,  "day code")	/* SMS only */                   \
	X(CALL_BACK, "call back")	/* please call the lab */

enum notice {
#define X(name, text) NOTICE_##name,
	NOTICE_MAP(X)
#undef X
	NOTICE_COUNT
};

/* How an attempt ended. */
#define OUTBOX_OUTCOME_MAP(X)                                           \
	X(DONE,    "done")	/* seen to be so at the host */          \
	X(DOWN,    "down")	/* the host did not do it, whatever row it is: \
				   counts for the breaker */             \
	X(RETRY,   "retry")	/* this row only: other bytes arrived, say */ \
	X(REFUSED, "refused")	/* for good: this address */             \
	X(GONE,    "gone")	/* given up: the vault had no bytes any more */

enum outbox_outcome {
#define X(name, text) OUTCOME_##name,
	OUTBOX_OUTCOME_MAP(X)
#undef X
	OUTBOX_OUTCOME_COUNT
};

/* What the desk must know. */
#define ALARM_MAP(X)                                                    \
	X(DELETION,  "deletion")	/* something stays in the drop */ \
	X(STORE,     "store")		/* the drop does not answer */   \
	X(MAIL,      "mail")		/* the mail server does not */   \
	X(SMS,       "sms")		/* the SMS gateway does not */   \
	X(REFUSED,   "refused")		/* a patient's address was refused */ \
	X(BOUNCED,   "bounced")		/* a mail came back */           \
	X(UNTOLD,    "untold")		/* closed before its message went */

enum alarm {
#define X(name, text) ALARM_##name,
	ALARM_MAP(X)
#undef X
	ALARM_COUNT
};

/* What `guichet drop check` looks at, in this order. */
#define DROP_FINDING_MAP(X)                                             \
	X(REACH,      "reach")		/* name, connection, TLS */      \
	X(CREDENTIAL, "credential")	/* the store knows us */         \
	X(CONTAINER,  "container")	/* it exists and is ours */      \
	X(WRITE,      "write")		/* an object, as it was sent */  \
	X(READ,       "read")		/* by exact name, by anybody, at \
					   drop.public_url */            \
	X(TYPE,       "type")		/* Content-Type, no-store */     \
	X(CORS,       "cors")		/* any origin, without credentials */ \
	X(LISTING,    "listing")	/* nobody but us */              \
	X(FOREIGN_WRITE, "foreign write") /* nobody but us */            \
	X(VERSIONING, "versioning")	/* off: deleted is deleted */    \
	X(EXPIRY,     "expiry")		/* X-Delete-At, or a lifecycle rule */ \
	X(DELETE,     "delete")		/* and a deleted name is 404 */  \
	X(SKEW,       "skew")		/* its clock and ours */

enum drop_finding {
#define X(name, text) FINDING_##name,
	DROP_FINDING_MAP(X)
#undef X
	FINDING_COUNT
};

#define DROP_GRADE_MAP(X)                                               \
	X(GOOD,    "good")                                              \
	X(FIXED,   "fixed")	/* was not; `drop init` has set it */    \
	X(WARNING, "warning")	/* works; see the detail */              \
	X(BAD,     "bad")                                               \
	X(UNKNOWN, "unknown")	/* the store does not say */

enum drop_grade {
#define X(name, text) GRADE_##name,
	DROP_GRADE_MAP(X)
#undef X
	GRADE_COUNT
};

#endif
