/*
 * delivery.h -- one input of a LIS on its way to being durable in the vault.
 *
 *   IDLE -> QUEUED -> BEGINNING -> ASKED -> per report:
 *     (memory)  (parse)   |          |
 *                         |          +- EXISTS: the stored ACK is the answer
 *                         v
 *     OPENING -> OPENED -- nothing to seal ----------------------+
 *                  | seal: build FHIR, encrypt, hash             |
 *                  v                                             v
 *               CLAIMING -> CLAIMED -> envelope -> SENDING -> next report,
 *                                                  (parts)    or COMMITTING
 *     COMMITTING -> COMMITTED -> the ACK, IDLE
 *
 *   any: vault lost, vault refuses, no memory -> abort, no answer, IDLE
 *
 * States in -ING have something to send and do so as soon as the channel has
 * room; states in -ED wait for the vault.  The ACK's bytes are made right
 * after parsing and travel with DELIVERY_COMMIT: what is replayed later is
 * what was sent.
 *
 * Plaintext lives from the input to the end of sealing and is wiped at each
 * step: the input after parsing, payload after sealing, reports after the last.
 */
#ifndef INTAKE_DELIVERY_H
#define INTAKE_DELIVERY_H

#include "intake/budget.h"
#include "input/input.h"
#include "intake/seal.h"
#include "ipc/role.h"

#define DELIVERY_STATE_MAP(X)                                           \
	X(IDLE) X(QUEUED) X(BEGINNING) X(ASKED) X(OPENING) X(OPENED)    \
	X(CLAIMING) X(CLAIMED) X(SENDING) X(COMMITTING) X(COMMITTED)

enum delivery_state {
#define X(name) DELIVERY_IS_##name,
	DELIVERY_STATE_MAP(X)
#undef X
	DELIVERY_STATES
};

/* How a delivery ends. */
enum delivery_end {
	DELIVERY_ACK,		/* durable: the bytes are the answer */
	DELIVERY_REPLAYED,	/* was durable already: likewise */
	DELIVERY_REFUSED,	/* AE, AR, CE, CR; nothing stored: likewise */
	DELIVERY_IGNORED,	/* an ACK came in: no answer is due */
	DELIVERY_SILENT,	/* durable; its sender wants no answer (NE) */
	DELIVERY_UNREADABLE,	/* no answer can be made */
	DELIVERY_TRANSIENT,	/* not stored, for a passing reason */
	DELIVERY_POSTPONED,	/* the same, and the source wants to be told:
				   the bytes are AR 207 */
	DELIVERY_WANTS		/* the bytes name a file that must come along */
};

struct delivery;

struct delivery_owner {
	/* The bytes given to delivery_start() are not needed any more. */
	void (*on_frame_done)(void *owner);
	/* Once per delivery_start(), perhaps from inside it, last thing.
	 * `ack` borrows. */
	void (*on_end)(void *owner, enum delivery_end how, struct span ack);
};

/* What the deliveries of a role share; borrowed for ever. */
struct delivery_shared {
	struct role *role;
	const struct secret_32 *key;	/* keyfile.h */
	struct budget working;		/* memory from parsing to sealing */
	struct region plain;		/* the one payload being sealed */
	uint64_t serial;		/* of the last delivery */
	uint64_t turn;			/* of the loop: deliveries_turn() */
	bool     has_put_off;		/* some wait for the next one */
	uint64_t warnings;		/* messages that had any */
	unsigned lines_left;		/* log lines senders may cause, for now */
	unsigned events_left;		/* the same of audit records */
	/* Time, replaceable by tests: UTC epoch milliseconds. */
	uint64_t (*now_ms)(void);
	/* Something was refused, whoever sent it; NULL: nobody is told. */
	void (*on_refusal)(struct role *role, const struct input *input,
	    const struct hl7_ack_reply *reply);
};

/* Bytes on the heap; empty: none. */
struct answer {
	uint8_t *ptr;
	size_t   len;
};

struct delivery {
	enum delivery_state state;
	struct delivery_shared *shared;
	const struct delivery_owner *events;	/* borrowed for ever */
	void    *owner;
	unsigned slot;			/* below DELIVERY_SLOTS */
	uint64_t number;		/* what the vault calls it */
	uint64_t to_abort;		/* one that the vault must forget; 0: none */
	uint8_t  sender[32];		/* identity.h */
	bool     is_blocked;		/* the channel was full */
	bool     is_put_off;		/* it had its share of turn `turn` */
	unsigned started;		/* in that turn */
	uint64_t turn;
	bool     has_begun;		/* the vault knows of it */
	bool     is_silent;		/* MSH-15 and MSH-16 want no answer */
	struct ticket ticket;
	struct input  input;		/* borrowed until on_frame_done */
	struct arena  arena;
	struct parsed parsed;
	size_t   report;		/* index of the one being sealed */
	struct sealed sealed;
	size_t   sent;			/* bytes of the JWE */
	uint8_t  card[10], bundle[22], public_key[65];
	size_t   envelope_len;
	uint8_t  envelope[SEAL_ENVELOPE_MAX];
	/* Made while there still is a head to mirror: the answer, the one for
	 * a withdrawal of what never came, the one for not now. */
	struct answer ack, unknown, busy;
};

enum { DELIVERY_SLOTS = 512, DELIVERY_REPORTS_MOST = 64 };

void delivery_init(struct delivery *d, struct delivery_shared *shared,
    const struct delivery_owner *events, void *owner, unsigned slot);

/* `d` is idle.  Goes on at once where memory allows, and where not many of
 * `d` began in this turn of the loop. */
void delivery_start(struct delivery *d, const struct input *input);

/* Which slot a vault's answer belongs to. */
unsigned delivery_slot_of(uint64_t number);

/* The vault's answers, routed by slot; answers to what is over are dropped. */
void delivery_take(struct delivery *d, const struct message *m);

/* The budget granted what was waited for, or the channel has room again. */
void delivery_kick(struct delivery *d);

/* The vault is gone, or the process ends: ends it without an answer. */
void delivery_fail(struct delivery *d);

/* The ACK for a frame that is longer than the limit, from its first segment;
 * ST_OK, or ST_NOT_FOUND where that is no MSH. */
MUST_CHECK enum status
delivery_refuse_big(const struct delivery_shared *shared,
    const struct config_source *source, struct span part, struct buf *ack);

#endif
