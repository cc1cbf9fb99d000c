#include "vault/opening.h"

#include <stdlib.h>

#include "crypto/random.h"
#include "ipc/patient.h"
#include "vault/bundle.h"

/* --- among what is on its way ------------------------------------------------ */

static bool
has_waiting(const struct delivery *d)
{
	for (const struct staged *s = d->staged; s != NULL; s = s->next) {
		if (s->state == STAGED_WAITING)
			return true;
	}
	return false;
}

static bool
is_decided_on(const struct staged *s, const struct staged *wanted)
{
	return s->has_decision && memcmp(s->new.key, wanted->new.key, 32) == 0;
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
			if (is_decided_on(s, wanted))
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
		if (!is_decided_on(s, until))
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
		enum part_fate fate;

		if (!is_decided_on(s, until))
			continue;
		fate = part_fate(&s->new, part);
		if (s->decision == REPORT_REVOKE
		    || s->decision == REPORT_QUARANTINE
		    || (s->decision == REPORT_SEAL && (fate == PART_SUPERSEDED
		    || fate == PART_WITHDRAWN)))
			return true;
	}
	return false;
}

/* The bundle that a staged report will be. */
static struct part
staged_part(const struct staged *s)
{
	struct part part = { .live = s->decision == REPORT_SEAL,
	    .card = s->card.id, .release = s->new.release,
	    .status = s->new.status, .holds = s->new.holds,
	    .held_for = s->new.holds, .version = s->new.version,
	    .lines = s->new.lines };

	memcpy(part.bid, s->bid, BID_BYTES);
	memcpy(part.content, s->new.content, 32);
	return part;
}

/* What `s` finds once the earlier reports of its delivery are stored. */
static enum status
meet(struct vault *v, const struct delivery *d, const struct staged *s,
    const struct report_known *known, struct meeting *met)
{
	const struct staged *first = d == NULL ? s : d->staged;
	struct part part = { 0 };
	enum status st;

	*met = (struct meeting){ 0 };
	while ((st = part_next(v, known->id, part.id, &part)) == ST_OK) {
		if (!will_end(&part, first, s))
			part_meet(&s->new, &part, met);
	}
	for (const struct staged *o = first; o != s; o = o->next) {
		if (!is_decided_on(o, s) || (o->decision != REPORT_SEAL
		    && o->decision != REPORT_SAME
		    && o->decision != REPORT_CONFIRM))
			continue;
		part = staged_part(o);
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

/* --- whose card it is --------------------------------------------------------- */

/*
 * A slip is one patient's.  The first result that was sealed to it tells
 * whose, even while that one is on its way; the lab's card is everybody's.
 */
static bool
is_anothers_card(const struct vault *v, const struct staged *s,
    const struct card *card)
{
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

/* Why the card cannot be this patient's; NULL: nothing speaks against it. */
static const char *
objection(const struct vault *v, const struct staged *s,
    const struct card *card)
{
	if (card->lab)
		return NULL;
	if (card->has_traits && memcmp(card->traits, s->new.traits, 32) != 0)
		return "the card was made for another name or birth date";
	return is_anothers_card(v, s, card) ? "the card is another patient's"
	    : NULL;
}

/* See opening.h. */
enum status
opening_judge(struct vault *v, const struct delivery *d, struct staged *s,
    struct judgement *j)
{
	const char *no;
	bool same_patient;
	enum status st;

	*j = (struct judgement){ 0 };
	TRY(report_load(v, s->new.key, &j->known));
	if (d != NULL)
		foresee(d, s, &j->known);
	/* Where the report was once is no place for another patient's. */
	same_patient = !patient_differs(j->known.patient, s->new.patient);
	st = card_for(v, (struct span){ s->asked_card, s->asked_card_len },
	    (struct span){ s->order, s->order_len },
	    same_patient ? j->known.card : 0, &j->card);
	if (st != ST_OK && st != ST_NOT_FOUND)
		return st;
	j->has_card = st == ST_OK;
	s->new.card = j->has_card ? j->card.id : 0;
	TRY(meet(v, d, s, &j->known, &j->met));
	j->decision = report_decide(&j->known, &j->met, &s->new);
	if (j->decision.decision != REPORT_SEAL)
		return ST_OK;
	if (!j->has_card)
		return ST_NOT_FOUND;
	no = objection(v, s, &j->card);
	if (no != NULL)
		j->decision = (struct decision){ REPORT_QUARANTINE, no };
	return ST_OK;
}

/* --- opening -------------------------------------------------------------------- */

/* Only what is sealed to the same card is named: it is nobody else's. */
static void
plan_replaces(struct staged *s, const struct judgement *j)
{
	const struct meeting *met = &j->met;
	bool stands_beside = met->stays && !met->replaces;
	uint64_t card = met->replaces ? met->card : j->known.card;

	/* What is withheld stays preliminary. */
	if (stands_beside && s->new.status != BUNDLE_PRELIMINARY)
		s->new.status = met->outdates ? BUNDLE_CORRECTED
		    : BUNDLE_APPENDED;
	s->has_replaces = !stands_beside && card == s->card.id
	    && s->new.status != BUNDLE_APPENDED
	    && !patient_differs(j->known.patient, s->new.patient)
	    && (met->replaces || (j->known.exists && j->known.bundle != 0));
	if (s->has_replaces)
		memcpy(s->replaces, met->replaces ? met->bid : j->known.bid,
		    BID_BYTES);
}

static enum status
decide(struct vault *v, struct delivery *d, struct staged *s)
{
	struct judgement j;

	TRY(opening_judge(v, d, s, &j));
	s->decision = j.decision.decision;
	s->why = j.decision.why;
	s->card = j.card;
	s->same_id = j.met.same_id;
	s->has_decision = true;
	if (s->decision != REPORT_SEAL)
		return ST_OK;
	random_bytes(s->bid, BID_BYTES);
	s->seq = next_seq(v, &s->card);
	plan_replaces(s, &j);
	return ST_OK;
}

/* See opening.h. */
enum status
opening_outcome(enum report_decision decision)
{
	static const enum status outcome[] = {
		[REPORT_SEAL] = ST_OK, [REPORT_SAME] = ST_EXISTS,
		[REPORT_OLD] = ST_EXPIRED, [REPORT_REVOKE] = ST_EXISTS,
		[REPORT_UNKNOWN] = ST_NOT_FOUND,
		[REPORT_QUARANTINE] = ST_DENIED, [REPORT_ASIDE] = ST_DENIED,
		[REPORT_CONFIRM] = ST_EXISTS, [REPORT_NOTHING] = ST_EXISTS,
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
		st = opening_outcome(s->decision);
	answer_open(v, d, s, s->number, st);
}

/* See opening.h. */
void
opening_retry(struct vault *v)
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

/* --- REPORT_OPEN ------------------------------------------------------------------ */

static struct span
keep(struct span from, uint8_t **at)
{
	uint8_t *to = *at;

	if (from.len > 0)
		memcpy(to, from.ptr, from.len);
	*at += from.len;
	return (struct span){ to, from.len };
}

static enum status
keep_lines(struct staged *s, const struct msg_report_open *m)
{
	size_t size = m->lines.len + m->confirmed.len + m->removed.len;
	uint8_t *at;

	if (size == 0)
		return ST_OK;
	s->lines = at = malloc(size);
	if (at == NULL)
		return ST_BUSY;
	s->new.lines.bytes = keep(m->lines, &at);
	s->new.confirmed = keep(m->confirmed, &at);
	s->new.removed = keep(m->removed, &at);
	if (s->new.release == RELEASE_CONFIRM)
		s->new.lines.bytes = s->new.confirmed;
	return ST_OK;
}

static void
fill(struct staged *s, const struct msg_report_open *m)
{
	s->number = m->report;
	memcpy(s->new.key, m->report_key.ptr, 32);
	memcpy(s->new.patient, m->patient.ptr, 32);
	memcpy(s->new.content, m->content.ptr, 32);
	memcpy(s->new.traits, m->traits.ptr, 32);
	s->new.version = (struct version){ m->version_ms, m->version_number };
	s->new.holds = report_holds(m->release, m->status, m->holds);
	s->new.release = m->release == RELEASE_DELIVER && s->new.holds != 0
	    ? RELEASE_WITHHOLD : m->release;
	s->new.status = m->status;
	s->new.exams = m->exams;
	s->new.lines.whole = m->snapshot != 0;
	s->opens_asked_s = m->opens_s;
	s->asked_card_len = m->card.len;
	memcpy(s->asked_card, m->card.ptr, m->card.len);
	s->order_len = m->order.len;
	memcpy(s->order, m->order.ptr, m->order.len);
	s->reason_len = m->reason.len;
	memcpy(s->reason, m->reason.ptr, m->reason.len);
}

static struct staged *
stage(struct delivery *d, const struct msg_report_open *m)
{
	struct staged *s = calloc(1, sizeof(*s)), **at = &d->staged;

	if (s == NULL)
		return NULL;
	fill(s, m);
	if (keep_lines(s, m) != ST_OK) {
		free(s);
		return NULL;
	}
	while (*at != NULL)
		at = &(*at)->next;
	*at = s;
	d->n_staged++;
	return s;
}

/* Only what becomes a bundle has a status of its own. */
static bool
is_sensible(const struct vault *v, const struct msg_report_open *m)
{
	bool seals = m->release == RELEASE_DELIVER
	    || m->release == RELEASE_WITHHOLD;

	return m->release < RELEASE_COUNT
	    && (!seals || m->status < BUNDLE_WITHDRAWN)
	    && m->opens_s <= clock_now_s(&v->clock) + OPENS_AHEAD_MAX_S
	    && lines_are_valid(m->lines) && lines_are_valid(m->confirmed)
	    && lines_are_valid(m->removed);
}

/* See opening.h. */
void
on_report_open(struct vault *v, const struct message *m)
{
	const struct msg_report_open *open = &m->report_open;
	struct delivery *d = delivery_find_open(v, open->delivery);
	struct staged *s = NULL;
	enum status st = ST_BUSY;

	if (d == NULL)
		return;
	if (!is_sensible(v, open) || delivery_report(d, open->report) != NULL)
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
