/*
 * vault_rig.h -- a real vault in a directory of its own, with clocks that a
 * test turns, and every answer kept.
 */
#ifndef FAKES_VAULT_RIG_H
#define FAKES_VAULT_RIG_H

#include "crypto/p256.h"
#include "vault/vault.h"

/* 2027-01-01T00:00:00Z, at midnight so that days are easy to count. */
#define RIG_START_S UINT64_C(1798761600)

enum { RIG_ANSWERS_MAX = 1024, RIG_WINDOW_S = 14 * DAY_S };

struct rig {
	struct vault v;
	struct vault_settings settings;
	struct vault_secrets secrets;
	char     dir[64];
	uint64_t system_s, boot_ms;	/* the clocks the vault sees */
	bool     is_full;		/* the channel to pickup */
	bool     courier_is_full;
	struct message *answer[RIG_ANSWERS_MAX];
	enum role_id to[RIG_ANSWERS_MAX];
	size_t   n_answers;
	uint64_t next;			/* delivery and request numbers */
	struct secret_32 card_d;	/* private key of every card */
	struct p256_public card_key;
};

/* A fresh vault in a fresh directory; dies where that fails. */
void rig_open(struct rig *r);
/* The settings of rig_open(), for who brings a directory of his own. */
void rig_settings(struct rig *r);
/* Closes it (or, `crash`, lets go of it) and opens it again. */
void rig_reopen(struct rig *r, bool crash);
/* Closes and removes everything. */
void rig_close(struct rig *r);

void rig_wait(struct rig *r, uint64_t seconds);
/* Sweeps until there is nothing left to do; returns the steps taken. */
unsigned rig_sweep(struct rig *r);

/* Takes `m`, runs a turn, and returns the first answer with `id`; NULL where
 * there is none.  Valid until the next rig_ask() or rig_forget(). */
const struct message *
rig_ask(struct rig *r, const struct message *m, enum message_id id);
/* Takes without a turn; answers pile up. */
void rig_take(struct rig *r, const struct message *m);
/* The n-th answer with `id`, from 0. */
const struct message *
rig_answer(const struct rig *r, enum message_id id, size_t n);
size_t rig_count(const struct rig *r, enum message_id id);
void rig_forget(struct rig *r);

/* A card whose token hash is 32 times `token`; the outcome. */
enum status rig_card(struct rig *r, const char *number, uint8_t token,
    bool lab, const char *order);

/* The same, made for somebody: `traits` 32 times. */
enum status rig_card_for(struct rig *r, const char *number, uint8_t token,
    uint8_t traits);

/* The same with a drop variant; its index's name is 32 times `loc`. */
enum status rig_card_drop(struct rig *r, const char *number, uint8_t token,
    uint8_t loc);

/* One delivery with one report. */
struct rig_report {
	const char *card, *order;	/* NULL: empty */
	uint8_t  key, patient, content;	/* 32 times */
	uint64_t version_ms, opens_s;
	/* Eight times each symbol; NULL: it is a whole report, and so it is
	 * with an exclamation mark in front. */
	const char *lines;
	const char *confirmed, *removed;	/* eight times each symbol */
	uint64_t holds, version_number;
	uint8_t  traits;		/* 32 times; 0: as patient */
	const char *reason;
	enum release release;
	enum bundle_status status;
	size_t   size;			/* of the object; 0: 1000 */
	bool     no_commit;
};

struct rig_result {
	enum status begun, opened, claimed, stored;
	uint64_t delivery;
	char     bid[BID_TEXT + 1], card[CARD_TEXT + 1];
	bool     lab;
	uint8_t  name[32];
	char     claim[2049];
};

/* The members of REPORT_OPEN for `lines`; `out` is borrowed. */
enum { RIG_LINES_MAX = 32 };
struct span rig_lines(const char *lines, uint8_t out[static 8 * RIG_LINES_MAX],
    uint64_t *snapshot);

struct rig_result rig_deliver(struct rig *r, const struct rig_report *report);

/* The steps of it, for tests that stop in between. */
struct rig_result rig_begin(struct rig *r, const struct rig_report *report);
void rig_seal(struct rig *r, const struct rig_report *report,
    struct rig_result *result);
void rig_take_commit(struct rig *r, uint64_t delivery);

/* The byte at `i` of the object that rig_deliver() stored under `name`. */
uint8_t rig_byte(const uint8_t name[32], size_t i);

/* CARD_OPEN; CARD_BUNDLE answers can be counted afterwards. */
const struct msg_card_opened *
rig_open_card(struct rig *r, const char *number, uint8_t token);
/* OBJECT_READ of everything; ST_OK only if every byte is what was stored. */
enum status rig_read(struct rig *r, const uint8_t name[32]);

/* A count of the database, by our own SQL. */
uint64_t rig_sql(struct rig *r, const char *sql);
/* Audit records whose line has `text`. */
uint64_t rig_audit(struct rig *r, const char *text);

#endif
