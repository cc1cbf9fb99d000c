/* probe.c -- REPORT_PROBE: what would become of this report?  Only looks. */
#include "vault/bundle.h"
#include "vault/opening.h"

/* Borrows what the message has: nothing outlives the answer. */
static struct staged
staged_of(const struct msg_report_probe *m)
{
	struct staged s = { .opens_asked_s = 0 };
	uint64_t status = (m->holds & HOLD_PRELIMINARY) != 0
	    ? BUNDLE_PRELIMINARY : BUNDLE_FINAL;

	memcpy(s.new.key, m->report_key.ptr, 32);
	memcpy(s.new.patient, m->patient.ptr, 32);
	memcpy(s.new.content, m->content.ptr, 32);
	memcpy(s.new.traits, m->traits.ptr, 32);
	s.new.version = (struct version){ m->version_ms, m->version_number };
	s.new.release = m->release;
	s.new.status = status;
	s.new.holds = report_holds(m->release, status, m->holds);
	s.new.lines = (struct lines){ m->snapshot != 0,
	    m->release == RELEASE_CONFIRM ? m->confirmed : m->lines };
	s.new.confirmed = m->confirmed;
	s.new.removed = m->removed;
	s.asked_card_len = m->card.len;
	memcpy(s.asked_card, m->card.ptr, m->card.len);
	s.order_len = m->order.len;
	memcpy(s.order, m->order.ptr, m->order.len);
	return s;
}

static bool
is_sensible(const struct msg_report_probe *m)
{
	return m->release < RELEASE_COUNT && lines_are_valid(m->lines)
	    && lines_are_valid(m->confirmed) && lines_are_valid(m->removed);
}

/* The card that the message names tells more than the one found instead. */
static uint64_t
card_state(struct vault *v, const struct staged *s, const struct judgement *j)
{
	struct card asked = j->card;

	if (card_find(v, (struct span){ s->asked_card, s->asked_card_len },
	    &asked) != ST_OK && !j->has_card)
		return CARD_ACTIVE;
	if (asked.state == CARD_ACTIVE && !card_is_active(v, &asked))
		return CARD_EXPIRED;
	return asked.state;
}

static void
tell(struct vault *v, struct msg_report_probed *a, const struct staged *s,
    const struct judgement *j)
{
	a->known = j->known.exists;
	a->why = span_of(j->decision.why);
	a->card_state = card_state(v, s, j);
	if (!j->has_card)
		return;
	a->lab_card = j->card.lab;
	a->by_order = j->card.found == CARD_BY_ORDER;
	a->card = (struct span){ j->card.number, CARD_TEXT };
}

/* See opening.h. */
void
on_report_probe(struct vault *v, const struct message *m)
{
	const struct msg_report_probe *probe = &m->report_probe;
	struct message answer = { .id = MSG_REPORT_PROBED };
	struct msg_report_probed *a = &answer.report_probed;
	struct staged s;
	struct judgement j;
	char bid[BID_TEXT];
	enum status st = ST_INVALID;

	a->request = probe->request;
	if (is_sensible(probe)) {
		s = staged_of(probe);
		st = opening_judge(v, NULL, &s, &j);
	}
	if (st == ST_OK || st == ST_NOT_FOUND)
		tell(v, a, &s, &j);
	if (st == ST_NOT_FOUND)
		a->why = span_of("no card was found, and there is no lab card");
	if (st == ST_OK) {
		st = opening_outcome(j.decision.decision);
		if (j.decision.decision == REPORT_SEAL && j.met.replaces) {
			bid_write(j.met.bid, bid);
			a->replaces = (struct span){ (uint8_t *)bid, BID_TEXT };
		}
	}
	a->outcome = (uint64_t)st;
	vault_send(v, ROLE_INTAKE, &answer);
}
