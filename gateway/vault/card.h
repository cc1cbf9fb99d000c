/*
 * card.h -- finding pickup cards, and what the desk does with them.
 */
#ifndef VAULT_CARD_H
#define VAULT_CARD_H

#include "vault/job.h"

/* How card_for() came to it. */
enum card_found { CARD_BY_NUMBER, CARD_BY_ORDER, CARD_BY_REPORT, CARD_OF_LAB };

struct card {
	uint64_t id;
	enum card_found found;
	uint64_t state;		/* enum card_state, as stored */
	uint64_t expires_s;
	uint64_t last_seq;
	bool     lab;
	uint8_t  number[CARD_TEXT];
	uint8_t  token_hash[32];
	uint8_t  public_key[65];
	bool     has_patient;	/* never on the lab's */
	uint8_t  patient[32];	/* intake's keyed hash, of its first result */
	bool     has_traits;	/* it was made for somebody in particular */
	uint8_t  traits[32];	/* intake's keyed hash, of the order's */
};

/* Tombstones are shown, and a late bundle can be fetched, so long after. */
#define CARD_AFTERLIFE_S (UINT64_C(30) * DAY_S)

/* ST_OK, ST_NOT_FOUND (also where `number` is not 10 bytes), or as
 * sql_next(). */
MUST_CHECK enum status
card_find(struct vault *v, struct span number, struct card *out);

/* The card that results for `number`, else for `order`, are sealed to now;
 * else card `known` (0: none), else the lab's.  As card_find(). */
MUST_CHECK enum status
card_for(struct vault *v, struct span number, struct span order,
    uint64_t known, struct card *out);

/* Results may be sealed to it. */
bool card_is_active(const struct vault *v, const struct card *c);
/* It may be opened by whoever has its code. */
bool card_may_open(const struct vault *v, const struct card *c);

/* "c:" and 22 symbols: what the audit log calls a card, existing or not. */
enum { CARD_REFERENCE = 24 };
void card_reference(const struct vault *v, struct span number,
    char out[static CARD_REFERENCE]);

/* The desk's messages. */
extern const struct job_kind card_store_job, card_freeze_job;
void on_card_list(struct vault *v, const struct message *m);

#endif
