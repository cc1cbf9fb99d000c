/*
 * bundle.h -- the rows of a sealed bundle: made together, ended together.
 *
 * Ending takes the window key, the envelope, the object and every share in
 * one transaction and leaves a tombstone; the object's bytes in a segment are
 * punched out right after the commit (garbage.h).
 */
#ifndef VAULT_BUNDLE_H
#define VAULT_BUNDLE_H

#include "vault/part.h"

enum { NAME_HASH_BYTES = 16 };

/* What a delivery brings. */
struct bundle_new {
	uint8_t  bid[BID_BYTES];
	uint8_t  patient[32];	/* the card's from now on, if it has none */
	uint64_t card, report, seq;
	uint64_t release, status, exams;
	uint64_t holds;		/* enum hold; 0: it opens at opens_s */
	uint64_t opens_s, closes_s, closes_on_s;
	uint64_t closes_max_s;	/* as its claim says */
	uint64_t size;
	struct version version;
	bool     lab;		/* on the lab card */
	uint8_t  name[32];
	struct extent extent;	/* segment 0: the bytes are in `object` */
	struct span object, envelope;
	struct span sha256;	/* of the object, as its claim says */
	struct span delivery_key, delivery_digest;	/* that brought it */
	uint8_t content[32];
	struct lines lines;
	struct span confirmed;	/* of its lines: final already */
};

/* Of its object and the drop. */
enum pushed {
	PUSHED_NEVER,
	PUSHED_MAY_BE_THERE,	/* durable before its first put leaves */
	PUSHED_IS_THERE
};

/* A row, as far as its release depends on it. */
struct bundle {
	uint64_t id;
	uint8_t  bid[BID_BYTES];
	bool     live;
	bool     damaged;	/* in quarantine: recovery.h */
	bool     lab;
	uint64_t card;
	uint64_t release, status, opens_s, closes_s, closes_on_s, size, reads;
	uint64_t holds, closes_max_s;
	uint64_t pushed;	/* enum pushed */
	bool     late;		/* a put of it may arrive yet */
	struct extent extent;
};

/* Within a transaction: stores a bundle; `*id` is its row.  ST_EXISTS where
 * its name or bid was used before, ST_INVALID where the card was frozen or
 * became another patient's meanwhile, otherwise as sql_run(). */
MUST_CHECK enum status
bundle_add(struct vault *v, const struct bundle_new *b, uint64_t *id);

/* ST_OK, ST_NOT_FOUND, or as sql_run().  An object's name is looked up by the
 * first half of its SHA-256. */
MUST_CHECK enum status
bundle_load(struct vault *v, uint64_t id, struct bundle *out);
MUST_CHECK enum status
bundle_by_name(struct vault *v, const uint8_t hash[static NAME_HASH_BYTES],
    struct bundle *out);
MUST_CHECK enum status
bundle_find(struct vault *v, const uint8_t bid[static BID_BYTES],
    struct bundle *out);

/* Within a transaction: destroys keys, object and shares of a live bundle and
 * leaves a tombstone with `status`.  As bundle_load(). */
MUST_CHECK enum status
bundle_end(struct vault *v, uint64_t id, enum bundle_status status);

/*
 * Within a transaction: nothing withholds it any more.  Its window counts
 * from now (or from the time it was delayed to), as far as its claim allows.
 * As bundle_load(), or ST_CORRUPT, ST_FORGED (its key was changed).
 */
MUST_CHECK enum status
bundle_open(struct vault *v, const struct bundle *b, enum bundle_status status);

/* Its patient knows of it, or did: not where something withholds it. */
bool bundle_is_visible(const struct vault *v, const struct bundle *b);

/* A patient may fetch it now. */
bool bundle_is_open(const struct vault *v, const struct bundle *b);

/* Appends the envelope; ST_OK, ST_NOT_FOUND, ST_FORGED (stored data was
 * changed), ST_NO_SPACE. */
MUST_CHECK enum status
bundle_envelope(struct vault *v, const struct bundle *b, struct buf *out);

/* Its object's name, which only its seal has; as bundle_envelope(). */
MUST_CHECK enum status
bundle_name(struct vault *v, const struct bundle *b, uint8_t out[static 32]);

/* bid as 22 symbols, and back (ST_OK or ST_MALFORMED). */
void bid_write(const uint8_t bid[static BID_BYTES], char out[static BID_TEXT]);
MUST_CHECK enum status
bid_read(struct span text, uint8_t out[static BID_BYTES]);

#endif
