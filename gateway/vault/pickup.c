#include "vault/pickup.h"

#include <stdio.h>

#include "base/log.h"
#include "crypto/constant_time.h"
#include "vault/fate.h"
#include "vault/throttle.h"

enum { BUNDLES_SHOWN_MAX = 256, ENVELOPE_MAX = 4096 };

/* See pickup.h. */
enum status
audit_pickup(struct vault *v, const char *ev, const char *ch, const char *res,
    struct span obj, const uint8_t peer[static 16])
{
	char network[64];
	struct audit_event e = { .ev = ev, .actor = "patient", .obj = obj,
	    .ch = ch, .res = res, .det = { { "net", network, 0 } } };

	audit_network(peer, network);
	return audit_add(&v->audit, &e);
}

static enum status
audit_card_try(struct vault *v, const char *res, struct span number,
    const uint8_t *peer)
{
	char reference[CARD_REFERENCE];

	card_reference(v, number, reference);
	return audit_pickup(v, "open", "branch", res,
	    (struct span){ (uint8_t *)reference, CARD_REFERENCE }, peer);
}

/* See pickup.h. */
enum status
pickup_authorise(struct vault *v, struct job *job, struct span number,
    struct span token_hash, const uint8_t peer[static 16], struct card *card)
{
	struct job_result *r = &job->result;
	struct throttle_keys keys;
	bool found, equal, limited;
	enum status st;

	*card = (struct card){ 0 };
	throttle_keys(v, number, peer, &keys);
	TRY(throttle_check(v, &keys, true, &r->retry_after_s));
	r->outcome = r->retry_after_s > 0 ? ST_THROTTLED
	    : clock_may_pickup(&v->clock) ? ST_OK : ST_BUSY;
	if (r->outcome != ST_OK)
		return ST_OK;
	st = card_find(v, number, card);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	found = st == ST_OK;
	equal = constant_time_equal(card->token_hash, token_hash.ptr, 32);
	TRY(throttle_count(v, &keys, true, !found || !equal, &limited));
	if (limited)
		log_line(LOG_WARNING, "too many wrong attempts: a card, a "
		    "network or the box is slowed down");
	if (!found || !equal || !card_may_open(v, card))
		r->outcome = ST_NOT_FOUND;
	return ST_OK;
}

/* The tombstones a patient is told about: withdrawn and closed. */
static uint64_t
shown_status(const struct vault *v, const struct bundle *b)
{
	if (bundle_is_open(v, b) || b->status == BUNDLE_WITHDRAWN)
		return b->status;
	return BUNDLE_CLOSED;
}

/* --- what is newer elsewhere must be there to see -------------------------- */

/* Takes from `*stale` the lines that `part` brings to the card of `old`. */
static enum status
take_news(struct vault *v, const struct part *part, const struct bundle *old,
    bool in_drop, uint8_t stale[static LINES_BYTES_MAX], size_t *len)
{
	uint8_t fresh[LINES_BYTES_MAX], left[LINES_BYTES_MAX];
	struct buf news = buf_over(fresh, sizeof(fresh));
	struct buf rest = buf_over(left, sizeof(left));
	struct bundle b;

	if (!part->live || part->card != old->card)
		return ST_OK;
	TRY(bundle_load(v, part->id, &b));
	if (!bundle_is_open(v, &b)
	    || (in_drop && b.pushed != PUSHED_IS_THERE))
		return ST_OK;
	TRY(lines_subtract(part->lines.bytes, part->replaced, &news));
	TRY(lines_subtract((struct span){ stale, *len }, buf_span(&news),
	    &rest));
	memcpy(stale, left, rest.len);
	*len = rest.len;
	return ST_OK;
}

static enum status
report_of(struct vault *v, uint64_t id, uint64_t *report)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_PART_REPORT);

	sql_u64(q, 1, id);
	TRY(sql_next(q));
	*report = col_u64(q, 0);
	(void)sqlite3_reset(q);
	return ST_OK;
}

/*
 * The page leaves out the old lines of an outdated bundle where it finds the
 * new ones.  Where one of these is withheld, was revoked, or came too late to
 * be stored, the page would show the old value as if it counted.
 */
static enum status
has_its_news(struct vault *v, const struct bundle *b, bool in_drop, bool *has)
{
	struct part_copy old;
	struct part part = { 0 };
	size_t len;
	uint64_t report;
	enum status st;

	TRY(report_of(v, b->id, &report));
	TRY(part_load(v, report, b->id, &old));
	len = old.part.replaced.len;
	while ((st = part_next(v, report, part.id, &part)) == ST_OK) {
		if (part.id != b->id)
			TRY(take_news(v, &part, b, in_drop, old.replaced,
			    &len));
	}
	*has = len == 0;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* See pickup.h. */
enum status
pickup_is_shown(struct vault *v, const struct bundle *b, bool in_drop,
    bool *is)
{
	*is = bundle_is_visible(v, b);
	if (!*is || !b->live || b->status != BUNDLE_OUTDATED)
		return ST_OK;
	return has_its_news(v, b, in_drop, is);
}

/* The newest bundles of a card that its patient may know of. */
static enum status
shown_bundles(struct vault *v, uint64_t card, struct bundle *out, size_t *n)
{
	uint64_t ids[BUNDLES_SHOWN_MAX];
	size_t n_ids = 0;
	sqlite3_stmt *q = database_sql(&v->db, SQL_BUNDLE_OF_CARD);
	enum status st;

	sql_u64(q, 1, card);
	sql_u64(q, 2, BUNDLES_SHOWN_MAX);
	while ((st = sql_next(q)) == ST_OK && n_ids < BUNDLES_SHOWN_MAX)
		ids[n_ids++] = col_u64(q, 0);
	(void)sqlite3_reset(q);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	*n = 0;
	while (n_ids > 0) {		/* oldest first */
		bool is = false;

		TRY(bundle_load(v, ids[--n_ids], &out[*n]));
		TRY(pickup_is_shown(v, &out[*n], false, &is));
		*n += is;
	}
	return ST_OK;
}

static enum status
apply_open(struct vault *v, struct job *job)
{
	const struct msg_card_open *m = &job->m.card_open;
	struct bundle shown[BUNDLES_SHOWN_MAX];
	struct card card;
	const char *res = "refused";
	size_t n = 0;

	TRY(pickup_authorise(v, job, m->card, m->token_hash, m->peer.ptr,
	    &card));
	if (job->result.outcome == ST_THROTTLED
	    || job->result.outcome == ST_BUSY)
		return ST_OK;
	/* Whoever is refused pays for an empty list, like an empty card. */
	TRY(shown_bundles(v, job->result.outcome == ST_OK ? card.id : 0,
	    shown, &n));
	if (job->result.outcome == ST_OK) {
		res = n > 0 ? "ok" : "empty";
		job->result.outcome = n > 0 ? ST_OK : ST_NOT_FOUND;
		job->result.number = card.id;
	}
	return audit_card_try(v, res, m->card, m->peer.ptr);
}

static enum status
send_bundle(struct vault *v, uint64_t request, const struct bundle *b)
{
	uint8_t storage[ENVELOPE_MAX];	/* not secret: sealed to the card */
	struct buf envelope = buf_over(storage, sizeof(storage));
	struct message m = { .id = MSG_CARD_BUNDLE };
	char bid[BID_TEXT];
	enum status st = ST_OK;

	if (bundle_is_open(v, b))
		st = bundle_envelope(v, b, &envelope);
	if (st != ST_OK)
		log_line(LOG_ERROR, "vault.db: an envelope: %s",
		    status_text(st));
	bid_write(b->bid, bid);
	m.card_bundle.request = request;
	m.card_bundle.bundle = (struct span){ (uint8_t *)bid, BID_TEXT };
	m.card_bundle.status = shown_status(v, b);
	m.card_bundle.closes_s = b->closes_s;
	m.card_bundle.envelope = buf_span(&envelope);
	vault_send(v, ROLE_PICKUP, &m);
	return st;
}

static void
send_refusal(struct vault *v, uint64_t request, enum status st,
    uint64_t retry_after_s)
{
	struct message m = { .id = MSG_CARD_OPENED };

	m.card_opened.request = request;
	m.card_opened.outcome = (uint64_t)st;
	m.card_opened.retry_after_s = retry_after_s;
	vault_send(v, ROLE_PICKUP, &m);
}

/* What is durable is read again: a job of the same batch may have revoked. */
static enum status
send_card(struct vault *v, uint64_t request, uint64_t card)
{
	struct bundle shown[BUNDLES_SHOWN_MAX];
	struct message m = { .id = MSG_CARD_OPENED };
	sqlite3_stmt *q;
	size_t n = 0;

	TRY(shown_bundles(v, card, shown, &n));
	if (n == 0)
		return ST_NOT_FOUND;
	q = database_sql(&v->db, SQL_CARD_BLOBS);
	sql_u64(q, 1, card);
	TRY(sql_next(q));
	if (col_is_null(q, 0)) {	/* frozen in this very batch */
		(void)sqlite3_reset(q);
		return ST_NOT_FOUND;
	}
	m.card_opened.request = request;
	m.card_opened.sk = col_blob(q, 0);
	m.card_opened.trust = col_blob(q, 1);
	m.card_opened.bundles = n;
	vault_send(v, ROLE_PICKUP, &m);
	(void)sqlite3_reset(q);
	for (size_t i = 0; i < n; i++)
		(void)send_bundle(v, request, &shown[i]);
	return ST_OK;
}

/* A failure of the store is "not now" to whoever stands outside. */
static enum status
outside(enum status st)
{
	switch (st) {
	case ST_OK:
	case ST_NOT_FOUND:
	case ST_THROTTLED:
		return st;
	default:
		return ST_BUSY;
	}
}

static void
answer_open(struct vault *v, struct job *job)
{
	uint64_t request = job->m.card_open.request;
	enum status st = job->result.outcome;

	if (st == ST_OK)
		st = send_card(v, request, job->result.number);
	if (st != ST_OK)
		send_refusal(v, request, outside(st),
		    job->result.retry_after_s);
}

const struct job_kind card_open_job = { apply_open, answer_open, false };
