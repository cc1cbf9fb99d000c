/*
 * delivery.h -- one message of the LIS on its way to becoming durable.
 *
 *   DELIVERY_BEGIN
 *   for each report: REPORT_OPEN, CLAIM_GET, OBJECT_PART..., ENVELOPE
 *   DELIVERY_COMMIT or DELIVERY_ABORT
 *
 * Until the commit nothing is stored: small objects wait in memory, big ones
 * in reserved extents that no row names.  Memory is bounded by the number of
 * deliveries, reports and small objects.  A report that another delivery is
 * just changing waits for that one.
 */
#ifndef VAULT_DELIVERY_H
#define VAULT_DELIVERY_H

#include "vault/card.h"
#include "vault/report.h"

enum {
	DELIVERY_REPORTS_MAX = 64,
	ENVELOPE_MAX_BYTES   = 4096
};
#define OPENS_AHEAD_MAX_S (UINT64_C(366) * DAY_S)
/* A withheld bundle waits at most so long for what opens it. */
#define HELD_MAX_S (UINT64_C(90) * DAY_S)
#define OBJECT_BYTES_MAX  (UINT64_C(128) * 1024 * 1024)
#define STAGED_BYTES_MAX  (UINT64_C(1024) * 1024 * 1024)

enum staged_state {
	STAGED_WAITING,	/* for another delivery with the same report key */
	STAGED_DECIDED,	/* nothing to seal, or no claim yet */
	STAGED_CLAIMED,	/* its object is arriving */
	STAGED_SEALED	/* object and envelope are whole */
};

struct staged {
	struct staged *next;
	uint64_t number;		/* within the delivery */
	enum staged_state state;
	enum report_decision decision;
	const char *why;		/* English; static */
	bool     has_decision;
	uint64_t same_id;		/* the bundle it repeats; 0: none */
	uint8_t  *lines;		/* those of `new`; heap */
	struct report_new new;
	uint64_t opens_asked_s;
	uint8_t  asked_card[CARD_TEXT];
	size_t   asked_card_len;
	uint8_t  order[128];
	size_t   order_len;
	uint8_t  reason[64];		/* intake's own words */
	size_t   reason_len;
	struct card card;
	uint8_t  bid[BID_BYTES];
	uint64_t seq;
	bool     has_replaces;
	uint8_t  replaces[BID_BYTES];
	uint64_t opens_s, closes_s, closes_on_s, closes_max_s;
	uint64_t size, received;
	uint8_t  name[32], sha256[32];
	struct extent extent;
	uint8_t *object;		/* a small one; heap, `size` bytes */
	uint8_t *envelope;		/* heap */
	size_t   envelope_len;
};

struct delivery {
	uint64_t number;		/* intake's */
	uint8_t  source[64];
	size_t   source_len;
	uint8_t  key[32], digest[32];
	struct staged *staged;		/* in the order they came */
	unsigned n_staged;
	bool     is_committing;
	enum status failed;		/* the first failure, else ST_OK */
};

/* NULL where there is none; the second also where it is committing, when it
 * takes no more. */
struct delivery *delivery_find(struct vault *v, uint64_t number);
struct delivery *delivery_find_open(struct vault *v, uint64_t number);

/* A report of it; NULL where there is none, or `d` is NULL. */
struct staged *delivery_report(const struct delivery *d, uint64_t number);

/* Remembers the first failure, for the commit to tell. */
void delivery_fail(struct delivery *d, enum status st);

/* Forgets a delivery, releases what was not committed, and lets those go on
 * that waited for it. */
void delivery_end(struct vault *v, struct delivery *d, bool committed);

void delivery_end_all(struct vault *v);

/* The segments could not be synced: nobody knows which of the bytes that were
 * staged are on the disk, and asking again may get a wrong yes. */
void delivery_fail_all(struct vault *v, enum status st);

/* Messages of intake. */
void on_delivery_begin(struct vault *v, const struct message *m);
void on_claim_get(struct vault *v, const struct message *m);
void on_object_part(struct vault *v, const struct message *m);
void on_envelope(struct vault *v, const struct message *m);
void on_delivery_abort(struct vault *v, const struct message *m);
void on_intake_counters(struct vault *v, const struct message *m);
void on_delivery_commit(struct vault *v, const struct message *m);

#endif
