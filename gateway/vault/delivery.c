#include "vault/delivery.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/random.h"
#include "ipc/patient.h"
#include "vault/bundle.h"

/* See delivery.h. */
struct delivery *
delivery_find(struct vault *v, uint64_t number)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL && v->delivery[i]->number == number)
			return v->delivery[i];
	}
	return NULL;
}

/* See delivery.h. */
struct delivery *
delivery_find_open(struct vault *v, uint64_t number)
{
	struct delivery *d = delivery_find(v, number);

	return d == NULL || d->is_committing ? NULL : d;
}

/* See delivery.h. */
struct staged *
delivery_report(const struct delivery *d, uint64_t number)
{
	struct staged *s = d == NULL ? NULL : d->staged;

	while (s != NULL && s->number != number)
		s = s->next;
	return s;
}

/* See delivery.h. */
void
delivery_fail(struct delivery *d, enum status st)
{
	if (d->failed == ST_OK)
		d->failed = st;
}

/* --- begin and end ------------------------------------------------------- */

static bool
is_in_flight(const struct vault *v, struct span key)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL
		    && memcmp(v->delivery[i]->key, key.ptr, 32) == 0)
			return true;
	}
	return false;
}

static enum status
start(struct vault *v, const struct msg_delivery_begin *m)
{
	struct delivery *d;
	size_t i = 0;

	while (i < DELIVERIES_MAX && v->delivery[i] != NULL)
		i++;
	if (i == DELIVERIES_MAX || !clock_may_store(&v->clock)
	    || is_in_flight(v, m->key)
	    || delivery_find(v, m->delivery) != NULL)
		return ST_BUSY;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return ST_BUSY;
	d->number = m->delivery;
	d->source_len = m->source.len;
	memcpy(d->source, m->source.ptr, m->source.len);
	memcpy(d->key, m->key.ptr, 32);
	memcpy(d->digest, m->digest.ptr, 32);
	v->delivery[i] = d;
	return ST_OK;
}

/* See delivery.h. */
void
on_delivery_begin(struct vault *v, const struct message *m)
{
	const struct msg_delivery_begin *begin = &m->delivery_begin;
	struct message answer = { .id = MSG_DELIVERY_STATE };
	struct msg_delivery_state *a = &answer.delivery_state;
	sqlite3_stmt *q = database_sql(&v->db, SQL_DELIVERY_GET);
	enum status st;

	a->delivery = begin->delivery;
	sql_blob(q, 1, begin->key);
	sql_blob(q, 2, begin->digest);
	st = sql_next(q);
	if (!vault_is_settled(v)) {
		st = ST_BUSY;
	} else if (st == ST_OK && col_u64(q, 0) != 0) {
		st = ST_EXISTS;
		a->ack = col_blob(q, 1);
	} else if (st == ST_OK || st == ST_NOT_FOUND) {
		a->key_reused = st == ST_OK;
		st = start(v, begin);
	}
	a->outcome = (uint64_t)st;
	vault_send(v, ROLE_INTAKE, &answer);
	(void)sqlite3_reset(q);
}

static void
free_staged(struct vault *v, struct staged *s, bool committed)
{
	if (s->state == STAGED_CLAIMED || s->state == STAGED_SEALED) {
		v->staged_bytes -= s->size;
		if (!committed)
			segments_release(&v->segments, &s->extent);
	}
	free(s->object);
	free(s->lines);
	if (s->envelope != NULL)
		wipe(s->envelope, s->envelope_len);
	free(s->envelope);
	free(s);
}

static void retry_waiting(struct vault *v);

static void
drop(struct vault *v, struct delivery *d, bool committed)
{
	struct staged *s;

	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] == d)
			v->delivery[i] = NULL;
	}
	while ((s = d->staged) != NULL) {
		d->staged = s->next;
		free_staged(v, s, committed);
	}
	free(d);
}

/* See delivery.h. */
void
delivery_end(struct vault *v, struct delivery *d, bool committed)
{
	drop(v, d, committed);
	retry_waiting(v);
}

/* See delivery.h. */
void
delivery_end_all(struct vault *v)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL)
			drop(v, v->delivery[i], false);
	}
}

/* See delivery.h. */
void
delivery_fail_all(struct vault *v, enum status st)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL)
			delivery_fail(v->delivery[i], st);
	}
}

/* See delivery.h. */
void
on_delivery_abort(struct vault *v, const struct message *m)
{
	struct delivery *d = delivery_find_open(v, m->delivery_abort.delivery);

	if (d != NULL)
		delivery_end(v, d, false);
}

/* --- what becomes of a report -------------------------------------------- */

static bool
has_waiting(const struct delivery *d)
{
	for (const struct staged *s = d->staged; s != NULL; s = s->next) {
		if (s->state == STAGED_WAITING)
			return true;
	}
	return false;
}

/* Another delivery that has decided on the same report, or NULL. */
static const struct delivery *
holder_of(const struct vault *v, const struct delivery *d,
    const struct staged *wanted)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		const struct delivery *other = v->delivery[i];

		if (other == NULL || other == d)
			continue;
		for (const struct staged *s = other->staged; s != NULL;
		    s = s->next) {
			if (s->has_decision && memcmp(s->new.key,
			    wanted->new.key, 32) == 0)
				return other;
		}
	}
	return NULL;
}

/* What will be known once the earlier reports of this delivery are stored. */
static void
foresee(const struct delivery *d, const struct staged *until,
    struct report_known *known)
{
	for (const struct staged *s = d->staged; s != until; s = s->next) {
		if (!s->has_decision
		    || memcmp(s->new.key, until->new.key, 32) != 0)
			continue;
		*known = report_after(known, &s->new, s->decision);
		if (s->decision != REPORT_SEAL)
			continue;
		known->bundle = 1;	/* any but none */
		known->bundle_live = true;
		known->bundle_reads = 0;
		memcpy(known->bid, s->bid, BID_BYTES);
	}
}

/* Is `part` ended by a report of the delivery from `s` up to `until`? */
static bool
will_end(const struct part *part, const struct staged *s,
    const struct staged *until)
{
	for (; s != until; s = s->next) {
		if (!s->has_decision
		    || memcmp(s->new.key, until->new.key, 32) != 0)
			continue;
		if (s->decision == REPORT_REVOKE
		    || s->decision == REPORT_QUARANTINE
		    || (s->decision == REPORT_SEAL
		    && part_is_covered(&s->new, part)))
			return true;
	}
	return false;
}

/* What `s` finds once the earlier reports of its delivery are stored. */
static enum status
meet(struct vault *v, const struct delivery *d, const struct staged *s,
    const struct report_known *known, struct meeting *met)
{
	struct part part = { 0 };
	enum status st;

	*met = (struct meeting){ 0 };
	while ((st = part_next(v, known->id, part.id, &part)) == ST_OK) {
		if (!will_end(&part, d->staged, s))
			part_meet(&s->new, &part, met);
	}
	for (const struct staged *o = d->staged; o != s; o = o->next) {
		if (!o->has_decision || o->decision != REPORT_SEAL
		    || memcmp(o->new.key, s->new.key, 32) != 0)
			continue;
		part = (struct part){ .live = true, .card = o->card.id,
		    .release = o->new.release, .lines = o->new.lines };
		memcpy(part.bid, o->bid, BID_BYTES);
		memcpy(part.content, o->new.content, 32);
		if (!will_end(&part, o->next, s))
			part_meet(&s->new, &part, met);
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static uint64_t
next_seq(const struct vault *v, const struct card *card)
{
	uint64_t seq = card->last_seq;

	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] == NULL)
			continue;
		for (const struct staged *s = v->delivery[i]->staged;
		    s != NULL; s = s->next) {
			if (s->card.id == card->id && s->seq > seq)
				seq = s->seq;
		}
	}
	return seq + 1;
}

/*
 * A slip is one patient's.  The first result that was sealed to it tells
 * whose, even while that one is on its way; the lab's card is everybody's.
 */
static bool
is_anothers_card(const struct vault *v, const struct staged *s)
{
	const struct card *card = &s->card;

	if (card->lab)
		return false;
	if (card->has_patient)
		return patient_differs(card->patient, s->new.patient);
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		const struct delivery *d = v->delivery[i];

		for (const struct staged *o = d == NULL ? NULL : d->staged;
		    o != NULL; o = o->next) {
			if (o != s && o->has_decision
			    && o->decision == REPORT_SEAL
			    && o->card.id == card->id
			    && patient_differs(o->new.patient, s->new.patient))
				return true;
		}
	}
	return false;
}

/* Only what is sealed to the same card is named: it is nobody else's. */
static void
plan_replaces(struct staged *s, const struct report_known *known,
    const struct meeting *met)
{
	bool stands_beside = met->stays && !met->replaces;
	uint64_t card = met->replaces ? met->card : known->card;

	/* What is withheld stays preliminary. */
	if (stands_beside && s->new.status != BUNDLE_PRELIMINARY)
		s->new.status = BUNDLE_APPENDED;
	s->has_replaces = !stands_beside && card == s->card.id
	    && s->new.status != BUNDLE_APPENDED
	    && (met->replaces || (known->exists && known->bundle != 0));
	if (s->has_replaces)
		memcpy(s->replaces, met->replaces ? met->bid : known->bid,
		    BID_BYTES);
}

static void
plan_seal(struct vault *v, struct staged *s, const struct report_known *known,
    const struct meeting *met)
{
	random_bytes(s->bid, BID_BYTES);
	s->seq = next_seq(v, &s->card);
	plan_replaces(s, known, met);
}

static enum status
decide(struct vault *v, struct delivery *d, struct staged *s)
{
	struct report_known known;
	struct meeting met;
	enum status st;

	TRY(report_load(v, s->new.key, &known));
	foresee(d, s, &known);
	st = card_for(v, (struct span){ s->asked_card, s->asked_card_len },
	    (struct span){ s->order, s->order_len }, known.card, &s->card);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	s->has_card = st == ST_OK;
	s->new.card = s->has_card ? s->card.id : 0;
	TRY(meet(v, d, s, &known, &met));
	s->decision = report_decide(&known, &met, &s->new);
	if (s->decision == REPORT_SEAL && !s->has_card)
		return ST_NOT_FOUND;
	if (s->decision == REPORT_SEAL && is_anothers_card(v, s)) {
		s->decision = REPORT_QUARANTINE;
		s->is_anothers_card = true;
	}
	if (s->decision == REPORT_SEAL)
		plan_seal(v, s, &known, &met);
	s->has_decision = true;
	return ST_OK;
}

static enum status
outcome_of(enum report_decision decision)
{
	static const enum status outcome[] = {
		[REPORT_SEAL] = ST_OK, [REPORT_SAME] = ST_EXISTS,
		[REPORT_OLD] = ST_EXPIRED, [REPORT_REVOKE] = ST_EXISTS,
		[REPORT_UNKNOWN] = ST_NOT_FOUND,
		[REPORT_QUARANTINE] = ST_DENIED,
	};

	return outcome[decision];
}

static void
answer_open(struct vault *v, const struct delivery *d, const struct staged *s,
    uint64_t number, enum status st)
{
	struct message m = { .id = MSG_REPORT_OPENED };
	struct msg_report_opened *a = &m.report_opened;
	char bid[BID_TEXT];

	a->delivery = d->number;
	a->report = number;
	a->outcome = (uint64_t)st;
	if (st == ST_OK && s != NULL) {
		bid_write(s->bid, bid);
		a->bundle = (struct span){ (uint8_t *)bid, BID_TEXT };
		a->card = (struct span){ s->card.number, CARD_TEXT };
		a->public_key = (struct span){ s->card.public_key, 65 };
		a->lab_card = s->card.lab;
	}
	vault_send(v, ROLE_INTAKE, &m);
}

/* Decides, or waits for who is changing the same report. */
static void
open_report(struct vault *v, struct delivery *d, struct staged *s)
{
	const struct delivery *holder = holder_of(v, d, s);
	enum status st;

	if (holder != NULL && !has_waiting(holder)) {
		s->state = STAGED_WAITING;
		return;
	}
	s->state = STAGED_DECIDED;
	/* Two that wait for each other would wait for ever. */
	st = holder != NULL ? ST_BUSY : decide(v, d, s);
	if (st != ST_OK)
		delivery_fail(d, st);
	else
		st = outcome_of(s->decision);
	answer_open(v, d, s, s->number, st);
}

static void
retry_waiting(struct vault *v)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		struct delivery *d = v->delivery[i];

		for (struct staged *s = d == NULL ? NULL : d->staged;
		    s != NULL; s = s->next) {
			if (s->state == STAGED_WAITING)
				open_report(v, d, s);
		}
	}
}

static struct staged *
stage(struct delivery *d, const struct msg_report_open *m)
{
	struct staged *s = calloc(1, sizeof(*s)), **at = &d->staged;

	if (s == NULL)
		return NULL;
	if (m->lines.len > 0) {
		s->lines = malloc(m->lines.len);
		if (s->lines == NULL) {
			free(s);
			return NULL;
		}
		memcpy(s->lines, m->lines.ptr, m->lines.len);
	}
	s->new.lines = (struct lines){ m->snapshot != 0,
	    { s->lines, m->lines.len } };
	s->number = m->report;
	memcpy(s->new.key, m->report_key.ptr, 32);
	memcpy(s->new.patient, m->patient.ptr, 32);
	memcpy(s->new.content, m->content.ptr, 32);
	s->new.version_ms = m->version_ms;
	s->new.release = m->release;
	s->new.status = m->status;
	s->new.exams = m->exams;
	s->opens_asked_s = m->opens_s;
	s->asked_card_len = m->card.len;
	memcpy(s->asked_card, m->card.ptr, m->card.len);
	s->order_len = m->order.len;
	memcpy(s->order, m->order.ptr, m->order.len);
	while (*at != NULL)
		at = &(*at)->next;
	*at = s;
	d->n_staged++;
	return s;
}

/* See delivery.h. */
void
on_report_open(struct vault *v, const struct message *m)
{
	const struct msg_report_open *open = &m->report_open;
	struct delivery *d = delivery_find_open(v, open->delivery);
	struct staged *s = NULL;
	enum status st = ST_BUSY;

	if (d == NULL)
		return;
	if (open->release >= RELEASE_COUNT
	    || open->status >= BUNDLE_WITHDRAWN
	    || open->opens_s > clock_now_s(&v->clock) + OPENS_AHEAD_MAX_S
	    || delivery_report(d, open->report) != NULL
	    || !lines_are_valid(open->lines))
		st = ST_INVALID;
	else if (d->n_staged < DELIVERY_REPORTS_MAX)
		s = stage(d, open);
	if (s != NULL) {
		open_report(v, d, s);
		return;
	}
	delivery_fail(d, st);
	answer_open(v, d, NULL, open->report, st);
}

/* See delivery.h. */
void
on_intake_counters(struct vault *v, const struct message *m)
{
	v->counters = m->intake_counters;
}

/* See delivery.h. */
void
on_report_probe(struct vault *v, const struct message *m)
{
	(void)v;
	(void)m;
}

/* See delivery.h. */
void
on_intake_event(struct vault *v, const struct message *m)
{
	(void)v;
	(void)m;
}
