/* commit.c -- DELIVERY_COMMIT: everything of a delivery becomes rows. */
#include "base/log.h"
#include "vault/bundle.h"
#include "vault/delivery.h"

static struct audit_event
event_of(const struct delivery *d, const char *ev, const char *bid)
{
	return (struct audit_event){ .ev = ev, .actor = "source",
	    .actor_id = { d->source, d->source_len },
	    .obj = { (const uint8_t *)bid, bid == NULL ? 0 : BID_TEXT },
	    .ch = "lis", .res = "ok" };
}

static enum status
audit_end(struct vault *v, const struct delivery *d, const char *ev,
    const struct bundle *old)
{
	char bid[BID_TEXT];
	struct audit_event e = event_of(d, ev, bid);

	bid_write(old->bid, bid);
	/* Read before: whoever decides about telling the patient must know. */
	e.det[0] = (struct audit_detail){ "reads", NULL, old->reads };
	return audit_add(&v->audit, &e);
}

static enum status
end_part(struct vault *v, const struct delivery *d, const struct part *part,
    enum bundle_status status, unsigned *ended)
{
	struct bundle old;

	if (part->live) {
		TRY(bundle_load(v, part->id, &old));
		TRY(bundle_end(v, part->id, status));
		TRY(audit_end(v, d, status == BUNDLE_SUPERSEDED ? "supersede"
		    : "revoke", &old));
		++*ended;
	}
	return part_forget(v, part);
}

/* Ends the parts of the report that `by` covers, all where it is NULL;
 * `*ended` counts the live ones. */
static enum status
end_report(struct vault *v, const struct delivery *d, uint64_t report,
    const struct report_new *by, enum bundle_status status, unsigned *ended)
{
	struct part part = { 0 };
	enum status st;

	while ((st = part_next(v, report, part.id, &part)) == ST_OK) {
		if (by == NULL || part_is_covered(by, &part))
			TRY(end_part(v, d, &part, status, ended));
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status
add_bundle(struct vault *v, const struct delivery *d,
    const struct staged *s, uint64_t report)
{
	struct bundle_new b = { .card = s->card.id, .report = report,
	    .seq = s->seq, .release = s->new.release,
	    .status = s->new.status, .exams = s->new.exams,
	    .opens_s = s->opens_s, .closes_s = s->closes_s,
	    .closes_on_s = s->closes_on_s, .size = s->size,
	    .lab = s->card.lab,
	    .extent = s->extent, .object = { s->object, s->size },
	    .envelope = { s->envelope, s->envelope_len },
	    .sha256 = { s->sha256, 32 },
	    .delivery_key = { d->key, 32 },
	    .delivery_digest = { d->digest, 32 } };
	sqlite3_stmt *q;
	uint64_t id = 0;

	memcpy(b.bid, s->bid, BID_BYTES);
	memcpy(b.patient, s->new.patient, 32);
	memcpy(b.content, s->new.content, 32);
	b.lines = s->new.lines;
	memcpy(b.name, s->name, 32);
	TRY(bundle_add(v, &b, &id));
	q = database_sql(&v->db, SQL_REPORT_LINK);
	sql_bytes(q, 1, s->new.key, 32);
	sql_u64(q, 2, id);
	return sql_run(q);
}

static enum status
store_sealed(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	char bid[BID_TEXT], replaces[BID_TEXT + 1] = "";
	struct audit_event e = event_of(d, "store", bid);
	unsigned ended = 0;
	uint64_t report = 0;

	TRY(report_save(v, known, &s->new, REPORT_SEAL, 0, &report));
	TRY(end_report(v, d, report, &s->new, BUNDLE_SUPERSEDED, &ended));
	TRY(add_bundle(v, d, s, report));
	bid_write(s->bid, bid);
	if (s->has_replaces)
		bid_write(s->replaces, replaces);
	e.det[0] = (struct audit_detail){ "release", NULL, s->new.release };
	e.det[1] = (struct audit_detail){ "exams", NULL, s->new.exams };
	e.det[2] = (struct audit_detail){ "lab", NULL, s->card.lab };
	e.det[3] = (struct audit_detail){ "closes", NULL, s->closes_s };
	e.det[4] = (struct audit_detail){ "replaces", replaces, 0 };
	return audit_add(&v->audit, &e);
}

/* Withdrawn, posted for the wrong patient, or of two identities. */
static enum status
store_revocation(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	bool incident = s->new.release == RELEASE_INCIDENT;
	const char *ev = s->decision == REPORT_QUARANTINE ? "quarantine"
	    : incident ? "incident" : "withdraw";
	struct audit_event e = event_of(d, ev, NULL);
	char bid[BID_TEXT], card[CARD_REFERENCE + 1] = "";
	unsigned ended = 0;
	uint64_t report = 0;

	TRY(report_save(v, known, &s->new, s->decision, 0, &report));
	TRY(end_report(v, d, report, NULL, BUNDLE_WITHDRAWN, &ended));
	if (known->bundle != 0) {
		bid_write(known->bid, bid);
		e.obj = (struct span){ (uint8_t *)bid, BID_TEXT };
	}
	e.res = s->decision == REPORT_UNKNOWN ? "unknown" : "ok";
	e.det[0] = (struct audit_detail){ "revoked", NULL, ended };
	e.det[1] = (struct audit_detail){ "reads", NULL,
	    known->bundle_reads };
	if (s->is_anothers_card) {
		card_reference(v, (struct span){ s->card.number, CARD_TEXT },
		    card);
		e.det[2] = (struct audit_detail){ "card", card, 0 };
	}
	if (incident || s->decision == REPORT_QUARANTINE)
		log_line(LOG_WARNING, "%s: a report needs a person to look at "
		    "it: see `guichet audit`", ev);
	return audit_add(&v->audit, &e);
}

static enum status
store_nothing_new(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	char bid[BID_TEXT];
	struct audit_event e = event_of(d, "unchanged", NULL);
	uint64_t report;

	if (known->bundle != 0) {
		bid_write(known->bid, bid);
		e.obj = (struct span){ (uint8_t *)bid, BID_TEXT };
	}
	e.res = s->decision == REPORT_SAME ? "same" : "older";
	if (s->decision == REPORT_SAME)
		TRY(report_save(v, known, &s->new, REPORT_SAME, 0, &report));
	return audit_add(&v->audit, &e);
}

static enum status
store_report(struct vault *v, const struct delivery *d,
    const struct staged *s)
{
	struct report_known known;

	TRY(report_load(v, s->new.key, &known));
	switch (s->decision) {
	case REPORT_SEAL:
		return store_sealed(v, d, s, &known);
	case REPORT_SAME:
	case REPORT_OLD:
		return store_nothing_new(v, d, s, &known);
	default:
		return store_revocation(v, d, s, &known);
	}
}

/* Everything that was opened is decided, everything to be sealed is sealed. */
static bool
is_complete(const struct delivery *d)
{
	for (const struct staged *s = d->staged; s != NULL; s = s->next) {
		if (!s->has_decision || (s->decision == REPORT_SEAL
		    && s->state != STAGED_SEALED))
			return false;
	}
	return true;
}

static enum status
store_ack(struct vault *v, const struct delivery *d, struct span ack)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_DELIVERY_PUT);

	sql_bytes(q, 1, d->key, 32);
	sql_bytes(q, 2, d->digest, 32);
	sql_blob(q, 3, ack);
	sql_u64(q, 4, clock_now_s(&v->clock));
	return sql_run(q);
}

/* A message that had nothing for anybody leaves a trace, too. */
static enum status
audit_empty(struct vault *v, const struct delivery *d)
{
	struct audit_event e = event_of(d, "delivery", NULL);

	e.res = "empty";
	return audit_add(&v->audit, &e);
}

static enum status
may_commit(const struct vault *v, const struct delivery *d)
{
	if (d == NULL)
		return ST_NOT_FOUND;
	if (d->failed != ST_OK)
		return d->failed;
	if (!is_complete(d))
		return ST_INVALID;
	return vault_has_space(v);
}

static enum status
apply(struct vault *v, struct job *job)
{
	const struct msg_delivery_commit *m = &job->m.delivery_commit;
	struct delivery *d = delivery_find(v, m->delivery);

	job->result.outcome = may_commit(v, d);
	if (job->result.outcome != ST_OK)
		return ST_OK;
	for (const struct staged *s = d->staged; s != NULL; s = s->next)
		TRY(store_report(v, d, s));
	if (d->staged == NULL)
		TRY(audit_empty(v, d));
	return store_ack(v, d, m->ack);
}

static void
answer(struct vault *v, struct job *job)
{
	uint64_t number = job->m.delivery_commit.delivery;
	struct delivery *d = delivery_find(v, number);
	struct message m = { .id = MSG_DELIVERY_STORED };
	enum status st = job->result.outcome;

	m.delivery_stored.delivery = number;
	m.delivery_stored.outcome = (uint64_t)st;
	vault_send(v, ROLE_INTAKE, &m);
	if (d != NULL)
		delivery_end(v, d, st == ST_OK);
}

static const struct job_kind commit_job = { apply, answer, true };

/* See delivery.h. */
void
on_delivery_commit(struct vault *v, const struct message *m)
{
	struct delivery *d = delivery_find(v, m->delivery_commit.delivery);

	if (d != NULL)
		d->is_committing = true;
	job_add(v, &commit_job, m);
}
