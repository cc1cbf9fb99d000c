/* update.h -- what the updater tells the vault's audit log. */
#ifndef IPC_UPDATE_H
#define IPC_UPDATE_H

/* The words that the audit log has for each (docs/formats/audit.md). */
#define UPDATE_EVENT_MAP(X)                                             \
	X(ARMED,    "armed")            /* written, read back, next to boot */ \
	X(REFUSED,  "refused")          /* `why` says it; nothing changed but \
					   the slot that does not run */ \
	X(ROLLBACK, "rollback")         /* the other slot is next to boot */

enum update_event {
#define X(name, text) UPDATE_##name,
	UPDATE_EVENT_MAP(X)
#undef X
	UPDATE_EVENTS
};

#endif
