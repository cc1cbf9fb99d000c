/* staging.c -- what a delivery brings for a report: claim, object, envelope. */
#include <stdlib.h>

#include "base/log.h"
#include "vault/claim.h"
#include "vault/delivery.h"

/*
 * Opening is tested against lo and closing against hi: where the system clock
 * is ahead, a new result is open at once and not closed already.  What it
 * then stays open too long by that clock, the powered-on counter ends.
 * What is withheld waits, and has its window when it opens: its claim, which
 * nobody can change any more, allows for both.
 */
static void
plan_window(const struct vault *v, struct staged *s)
{
	uint64_t lo = v->clock.lo_s, hi = clock_now_s(&v->clock);
	uint64_t window = s->card.lab ? v->settings.lab_window_s
	    : v->settings.window_s;

	s->opens_s = s->opens_asked_s > lo ? s->opens_asked_s : lo;
	s->closes_max_s = (s->opens_s > hi ? s->opens_s : hi) + window;
	if (s->new.holds != 0) {
		s->closes_max_s += HELD_MAX_S;
		window = HELD_MAX_S;
	}
	s->closes_s = (s->opens_s > hi ? s->opens_s : hi) + window;
	s->closes_on_s = v->clock.on_s + (s->opens_s - lo) + window;
}

static enum status
make_room(struct vault *v, struct staged *s, uint64_t size)
{
	if (size == 0 || size > OBJECT_BYTES_MAX)
		return ST_TOO_BIG;
	if (v->staged_bytes + size > STAGED_BYTES_MAX)
		return ST_BUSY;
	if (vault_free_bytes(v) < v->settings.reserve_bytes + size)
		return ST_DISK_FULL;
	if (size > OBJECT_ROW_MAX)
		TRY(segments_reserve(&v->segments, size, &s->extent));
	else if ((s->object = malloc(size)) == NULL)
		return ST_BUSY;
	s->size = size;
	s->state = STAGED_CLAIMED;
	v->staged_bytes += size;
	return ST_OK;
}

static enum status
make_claim(struct vault *v, struct staged *s, const struct msg_claim_get *m,
    struct buf *out)
{
	struct claim c = { .box = v->settings.box,
	    .card = { s->card.number, CARD_TEXT }, .seq = s->seq,
	    .size = m->size, .iat_s = clock_now_s(&v->clock),
	    .status = s->new.status, .has_replaces = s->has_replaces };

	if (s->state != STAGED_DECIDED || !s->has_decision
	    || s->decision != REPORT_SEAL)
		return ST_INVALID;
	TRY(make_room(v, s, m->size));
	plan_window(v, s);
	memcpy(s->name, m->name.ptr, 32);
	memcpy(s->sha256, m->sha256.ptr, 32);
	c.opens_s = s->opens_s;
	c.closes_s = s->closes_max_s;
	memcpy(c.bid, s->bid, BID_BYTES);
	memcpy(c.name, m->name.ptr, 32);
	memcpy(c.sha256, m->sha256.ptr, 32);
	memcpy(c.replaces, s->replaces, BID_BYTES);
	return claim_sign(&c, &v->secrets->signing_key,
	    (struct span){ v->box_kid, KID_TEXT }, out);
}

/* See delivery.h. */
void
on_claim_get(struct vault *v, const struct message *m)
{
	const struct msg_claim_get *get = &m->claim_get;
	struct delivery *d = delivery_find_open(v, get->delivery);
	struct staged *s = delivery_report(d, get->report);
	struct message answer = { .id = MSG_CLAIM };
	uint8_t storage[2048];	/* not secret */
	struct buf claim = buf_over(storage, sizeof(storage));
	enum status st = ST_INVALID;

	if (d == NULL)
		return;
	if (s != NULL)
		st = make_claim(v, s, get, &claim);
	if (st != ST_OK)
		delivery_fail(d, st);
	answer.claim.delivery = get->delivery;
	answer.claim.report = get->report;
	answer.claim.outcome = (uint64_t)st;
	answer.claim.claim = st == ST_OK ? buf_span(&claim)
	    : (struct span){ NULL, 0 };
	vault_send(v, ROLE_INTAKE, &answer);
}

static enum status
take_part(struct vault *v, struct staged *s, struct span data)
{
	if (s == NULL || s->state != STAGED_CLAIMED
	    || data.len > s->size - s->received)
		return ST_INVALID;
	if (s->object != NULL && data.len > 0)
		memcpy(s->object + s->received, data.ptr, data.len);
	else
		TRY(segments_write(&v->segments, &s->extent, s->received,
		    data));
	s->received += data.len;
	return ST_OK;
}

/* See delivery.h.  No answer: a failure is told at the commit. */
void
on_object_part(struct vault *v, const struct message *m)
{
	const struct msg_object_part *part = &m->object_part;
	struct delivery *d = delivery_find_open(v, part->delivery);
	enum status st;

	if (d == NULL || d->failed != ST_OK)
		return;
	st = take_part(v, delivery_report(d, part->report), part->data);
	if (st != ST_OK) {
		log_line(LOG_WARNING, "a delivery cannot be stored: %s",
		    status_text(st));
		delivery_fail(d, st);
	}
}

static enum status
take_envelope(struct staged *s, struct span envelope)
{
	if (s == NULL || s->state != STAGED_CLAIMED || envelope.len == 0
	    || s->received != s->size)
		return ST_INVALID;
	s->envelope = malloc(envelope.len);
	if (s->envelope == NULL)
		return ST_BUSY;
	memcpy(s->envelope, envelope.ptr, envelope.len);
	s->envelope_len = envelope.len;
	s->state = STAGED_SEALED;
	return ST_OK;
}

/* See delivery.h. */
void
on_envelope(struct vault *v, const struct message *m)
{
	struct delivery *d = delivery_find_open(v, m->envelope.delivery);
	enum status st;

	if (d == NULL || d->failed != ST_OK)
		return;
	st = take_envelope(delivery_report(d, m->envelope.report),
	    m->envelope.envelope);
	if (st != ST_OK)
		delivery_fail(d, st);
}
