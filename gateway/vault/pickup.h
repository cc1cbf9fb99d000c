/*
 * pickup.h -- what the patients' side may ask: a card by its number and
 * token, an object by its name.  Point look-ups, nothing else.
 */
#ifndef VAULT_PICKUP_H
#define VAULT_PICKUP_H

#include "vault/bundle.h"
#include "vault/card.h"

/*
 * Is this card's token right?  Counts, within a transaction, and does the
 * same work for a wrong token and for a card that does not exist.
 *
 *   job->result.outcome  ST_OK, ST_NOT_FOUND, ST_THROTTLED (retry_after_s),
 *                        ST_BUSY (the time is not known well enough)
 *
 * Returns ST_OK or as sql_run().
 */
MUST_CHECK enum status
pickup_authorise(struct vault *v, struct job *job, struct span number,
    struct span token_hash, const uint8_t peer[static 16], struct card *card);

/* The open bundle behind an object's name or a share's ticket; ST_OK,
 * ST_NOT_FOUND or as sql_next(). */
MUST_CHECK enum status
object_find(struct vault *v, struct span name, struct bundle *out);

/* Its patient is shown it, in the branch or (`in_drop`) from the drop: not
 * where the page would have only values that are newer elsewhere.  ST_OK, or
 * as sql_next(). */
MUST_CHECK enum status
pickup_is_shown(struct vault *v, const struct bundle *b, bool in_drop,
    bool *is);

/* The bytes of its object from `offset` on, as many as `out` has room for.
 * ST_OK (none at the end), ST_INVALID (beyond it), ST_CORRUPT, ST_IO. */
MUST_CHECK enum status
object_read(struct vault *v, const struct bundle *b, uint64_t offset,
    struct buf *out);

/* An event of the patients' side; `obj` may be empty. */
MUST_CHECK enum status
audit_pickup(struct vault *v, const char *ev, const char *ch, const char *res,
    struct span obj, const uint8_t peer[static 16]);

extern const struct job_kind card_open_job;
void on_object_read(struct vault *v, const struct message *m);

/* Sends the objects that wait for room in the channel. */
void reads_pump(struct vault *v);
void reads_drop(struct vault *v);

#endif
