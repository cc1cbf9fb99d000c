/*
 * vault.h -- the vault as one object: what every file of this folder shares.
 *
 * A message comes in by vault_take().  What only reads is answered at once;
 * what writes becomes a job (job.h) and is answered after vault_turn(), which
 * puts all waiting jobs into one transaction with one sync.
 * Never: knows a socket, waits, sees plaintext, a code or a content key.
 */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/zone.h"
#include "clock/clock.h"
#include "crypto/p256.h"
#include "ipc/messages.h"
#include "vault/audit.h"
#include "vault/database.h"
#include "vault/keys.h"
#include "vault/segment.h"
#include "vault/taken.h"

enum {
	BID_BYTES = 16, BID_TEXT = 22, CARD_TEXT = 10, KID_TEXT = 43,
	/* Sealed objects up to this size stand in their row. */
	OBJECT_ROW_MAX = 32 * 1024,
	/* The journal is written back by tick and sweep from here on, by a
	 * commit only when those do not keep up; in pages. */
	JOURNAL_PAGES = 1000, JOURNAL_PAGES_MAX = 8000,
	DELIVERIES_MAX = 128,
	READS_MAX = 512,
	CHANGED_MAX = 512,
	EVENTS_MAX = 16,
	DAY_S = 86400
};

/* When and by which way patients are told; from the configuration. */
struct notice_settings {
	struct zone zone;
	unsigned from_min, until_min;	/* of the day; 0, 0: all of it */
	uint64_t delay_s, address_keep_s;
	bool     has_sms, has_mail;	/* there is somebody to send it by */
	bool     call_back;
};

/* Lives in locked memory in the process (os/locked.h). */
struct vault_secrets {
	struct keys      keys;
	struct secret_32 signing_key;
};

struct vault_settings {
	const char *dir;	/* data directory; borrowed for ever */
	char     box[33];
	uint64_t window_s;
	uint64_t lab_window_s;
	uint64_t wrong_tokens_per_hour;
	uint64_t retry_max_s;	/* between attempts outside (retry.h) */
	/* Kept free for audit records and deletions: intake gets DISK_FULL
	 * below it while pickup goes on. */
	uint64_t reserve_bytes;
	uint64_t segment_bytes;	/* rotation; 0: SEGMENT_BYTES_MAX */
	uint8_t  boot_id[16];
	struct notice_settings notice;
	struct vault_secrets *secrets;	/* where to keep them; borrowed */
	/* Reads the clocks; NULL: the system's own (tests bring theirs). */
	void (*read_clocks)(void *owner, uint64_t *system_s,
	    uint64_t *boot_ms);
};

/* How answers leave; main.c and the tests bring one each. */
struct vault_exit {
	void *owner;
	void (*send)(void *owner, enum role_id to, const struct message *m);
	/* True: no more bulk to `to` until vault_drained(). */
	bool (*is_full)(void *owner, enum role_id to);
};

struct job;
struct delivery;
struct object_reading;

/* An object that was opened a short while ago: its record is durable. */
struct opened_read {
	uint8_t  name_hash[32];
	uint64_t until_ms;	/* of the time since boot */
};

/* Cards that a transaction changed (changed.h). */
struct changed {
	uint64_t card[CHANGED_MAX];
	size_t   n;
	bool     is_full;
};

/* A kind of event that intake tells of (event.c). */
struct event_kind {
	uint8_t  hash[32];	/* of source and words */
	uint64_t until_ms;	/* no other record before that */
	uint64_t pause_ms;	/* doubles while it goes on */
	uint64_t times;		/* since the last record */
	bool     is_used;
};

struct vault {
	struct vault_settings settings;
	struct vault_exit exit;
	struct vault_secrets *secrets;
	struct database  db;
	struct clock     clock;
	struct audit     audit;
	struct segments  segments;
	struct p256_public box_key;
	uint8_t  box_kid[KID_TEXT];	/* its thumbprint */

	struct delivery *delivery[DELIVERIES_MAX];	/* in flight */
	uint64_t staged_bytes;				/* of all of them */
	struct job  *first_job, **last_job;		/* waiting */
	struct object_reading *first_read, **last_read;	/* waiting to leave */
	struct opened_read opened[READS_MAX];
	unsigned next_opened;
	struct changed changed;
	struct event_kind events[EVENTS_MAX];
	struct outbox_state outbox;
	bool     has_garbage;	/* extents to punch out */
	bool     is_checked;	/* recovery.h */
	bool     swept;		/* the journal holds deleted rows */

	struct msg_intake_counters counters;
	uint64_t last_sweep_s, last_floor_ms, last_file_ms, last_cards_ms;
	uint64_t batches, database_syncs, segment_syncs;
};

/*
 * Opens or creates everything below settings->dir.  Failures are logged.
 *
 *   ST_OK
 *   ST_FORGED       root.key is not the key of this database
 *   ST_CORRUPT, ST_DENIED, ST_NOT_FOUND, ST_UNSUPPORTED   see the log: only
 *                   the operator can put it right; no file was changed
 *   ST_DISK_FULL, ST_BUSY, ST_IO   may be gone at the next start
 */
MUST_CHECK enum status
vault_open(struct vault *v, const struct vault_settings *settings,
    const struct vault_exit *out);

/* Answers what is waiting, saves the floor, wipes the keys; idempotent. */
void vault_close(struct vault *v);

/* Takes one message of a peer; `m` may be gone afterwards. */
void vault_take(struct vault *v, const struct message *m);

/* Commits what is waiting, in one transaction; true if there was anything. */
bool vault_turn(struct vault *v);

/* Is it worth while to wait with vault_turn() for deliveries that are on their
 * way?  Not where anything else waits for its answer. */
bool vault_may_wait(const struct vault *v);

/*
 * False where what was found at the start may not be on the disk, only in the
 * kernel's cache after a sync that failed: until the journal was written back
 * nothing may be acknowledged, neither what is new nor what is found again.
 */
bool vault_is_settled(const struct vault *v);

/* Once a second: reads the clocks, saves the floor when it is due. */
void vault_tick(struct vault *v);

/* Intake is gone: its unfinished deliveries are, too. */
void vault_intake_lost(struct vault *v);

/* Nothing that a peer asked for reaches the one that comes after it. */
void vault_peer_lost(struct vault *v, enum role_id peer);

/* A peer takes bulk again. */
void vault_drained(struct vault *v);

/* The answers' way out. */
void vault_send(struct vault *v, enum role_id to, const struct message *m);

/* ST_OK, or ST_DISK_FULL where less than the reserve is free. */
MUST_CHECK enum status vault_has_space(const struct vault *v);
uint64_t vault_free_bytes(const struct vault *v);

#endif
