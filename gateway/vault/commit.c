/* commit.c -- DELIVERY_COMMIT: everything of a delivery becomes rows. */
#include "base/log.h"
#include "vault/bundle.h"
#include "vault/fate.h"
#include "vault/hold.h"
#include "vault/quarantine.h"

static struct audit_event
event_of(const struct delivery *d, const char *ev, const char *bid)
{
	return (struct audit_event){ .ev = ev, .actor = "source",
	    .actor_id = { d->source, d->source_len },
	    .obj = { (const uint8_t *)bid, bid == NULL ? 0 : BID_TEXT },
	    .ch = "lis", .res = "ok" };
}

/* Of a report's own lines, those that are final while others are not. */
static enum status
own_confirmed(const struct staged *s, struct buf *out)
{
	if ((s->new.holds & HOLD_PRELIMINARY) == 0)
		return ST_OK;
	return lines_intersect(s->new.confirmed, s->new.lines.bytes, out);
}

static enum status
add_bundle(struct vault *v, const struct delivery *d,
    const struct staged *s, uint64_t report, uint64_t *id)
{
	uint8_t storage[LINES_BYTES_MAX];
	struct buf confirmed = buf_over(storage, sizeof(storage));
	struct bundle_new b = { .card = s->card.id, .report = report,
	    .seq = s->seq, .release = s->new.release,
	    .status = s->new.status, .exams = s->new.exams,
	    .opens_s = s->opens_s, .closes_s = s->closes_s,
	    .closes_on_s = s->closes_on_s, .size = s->size,
	    .closes_max_s = s->closes_max_s, .holds = s->new.holds,
	    .version = s->new.version,
	    .lab = s->card.lab,
	    .extent = s->extent, .object = { s->object, s->size },
	    .envelope = { s->envelope, s->envelope_len },
	    .sha256 = { s->sha256, 32 },
	    .delivery_key = { d->key, 32 },
	    .delivery_digest = { d->digest, 32 } };
	sqlite3_stmt *q;

	TRY(own_confirmed(s, &confirmed));
	b.confirmed = buf_span(&confirmed);
	memcpy(b.bid, s->bid, BID_BYTES);
	memcpy(b.patient, s->new.patient, 32);
	memcpy(b.content, s->new.content, 32);
	b.lines = s->new.lines;
	memcpy(b.name, s->name, 32);
	TRY(bundle_add(v, &b, id));
	q = database_sql(&v->db, SQL_REPORT_LINK);
	sql_bytes(q, 1, s->new.key, 32);
	sql_u64(q, 2, *id);
	return sql_run(q);
}

static enum status
audit_sealed(struct vault *v, const struct delivery *d,
    const struct staged *s)
{
	char bid[BID_TEXT], replaces[BID_TEXT + 1] = "";
	struct audit_event e = event_of(d, "store", bid);

	bid_write(s->bid, bid);
	if (s->has_replaces)
		bid_write(s->replaces, replaces);
	e.det[0] = (struct audit_detail){ "release", NULL, s->new.release };
	e.det[1] = (struct audit_detail){ "exams", NULL, s->new.exams };
	e.det[2] = (struct audit_detail){ "lab", NULL, s->card.lab };
	e.det[3] = (struct audit_detail){ "closes", NULL, s->closes_s };
	e.det[4] = (struct audit_detail){ "replaces", replaces, 0 };
	e.det[5] = (struct audit_detail){ "holds", NULL, s->new.holds };
	return audit_add(&v->audit, &e);
}

static enum status
store_sealed(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	unsigned opened = 0;
	uint64_t report = 0, id = 0;
	struct fates done;

	TRY(report_save(v, known, &s->new, REPORT_SEAL, 0, &report));
	TRY(fate_apply(v, d, report, &s->new, REPORT_SEAL, &done));
	TRY(hold_confirm(v, d, report, &s->new, &opened));
	TRY(add_bundle(v, d, s, report, &id));
	return audit_sealed(v, d, s);
}

/* What it repeats is as new as the repetition. */
static enum status
renew(struct vault *v, const struct staged *s, uint64_t report)
{
	struct part part = { 0 };
	enum status st;

	if (s->same_id == 0)
		return ST_OK;
	st = part_next(v, report, s->same_id - 1, &part);
	if (st != ST_OK)	/* it ended meanwhile */
		return st == ST_NOT_FOUND ? ST_OK : st;
	return part.id != s->same_id || version_compare(part.version,
	    s->new.version) >= 0 ? ST_OK
	    : part_renew(v, part.id, s->new.version);
}

/* Of what a message is about, where it is not a bundle of its own. */
static void
name_bundle(struct audit_event *e, const struct report_known *known,
    char bid[static BID_TEXT])
{
	if (known->bundle == 0)
		return;
	bid_write(known->bid, bid);
	e->obj = (struct span){ (uint8_t *)bid, BID_TEXT };
}

/* Withdrawn, posted for the wrong patient, or of two identities. */
static enum status
store_revocation(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	bool incident = s->new.release == RELEASE_INCIDENT;
	struct audit_event e = event_of(d, incident ? "incident" : "withdraw",
	    NULL);
	char bid[BID_TEXT];
	unsigned revoked = 0;
	uint64_t report = 0, reads = 0;

	TRY(report_save(v, known, &s->new, s->decision, 0, &report));
	TRY(fate_revoke(v, d, report, &revoked, &reads));
	TRY(quarantine_end(v, s->new.key));
	name_bundle(&e, known, bid);
	e.res = s->decision == REPORT_UNKNOWN ? "unknown" : "ok";
	e.det[0] = (struct audit_detail){ "revoked", NULL, revoked };
	e.det[1] = (struct audit_detail){ "reads", NULL, reads };
	if (incident)
		log_line(LOG_WARNING, "incident: a report was posted for the "
		    "wrong patient, and read %llu times: see `guichet audit "
		    "list`", (unsigned long long)reads);
	return audit_add(&v->audit, &e);
}

/* Nobody is shown anything until a person has looked. */
static enum status
store_quarantine(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	bool blocks = s->decision == REPORT_QUARANTINE;
	unsigned revoked = 0;
	uint64_t report = 0, reads = 0;

	if (blocks) {
		TRY(report_save(v, known, &s->new, s->decision, 0, &report));
		TRY(fate_revoke(v, d, report, &revoked, &reads));
	}
	log_line(LOG_WARNING, "a report is in quarantine and needs a person "
	    "to look at it: see `guichet quarantine list`");
	return quarantine_add(v, d, s, &(struct quarantined){ blocks, revoked,
	    reads, known->bundle != 0 ? known->bid : NULL });
}

static enum status
store_nothing_new(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	struct audit_event e = event_of(d, "unchanged", NULL);
	char bid[BID_TEXT];
	unsigned opened = 0;
	uint64_t report = known->id;
	struct fates done = { 0 };

	e.res = s->decision == REPORT_SAME ? "same" : "older";
	if (s->decision == REPORT_SAME) {
		TRY(report_save(v, known, &s->new, REPORT_SAME, 0, &report));
		TRY(renew(v, s, report));
	}
	TRY(fate_apply(v, d, report, &s->new, s->decision, &done));
	TRY(hold_confirm(v, d, report, &s->new, &opened));
	name_bundle(&e, known, bid);
	e.det[0] = (struct audit_detail){ "revoked", NULL, done.withdrawn };
	e.det[1] = (struct audit_detail){ "outdated", NULL, done.outdated };
	return audit_add(&v->audit, &e);
}

static enum status
store_confirmation(struct vault *v, const struct delivery *d,
    const struct staged *s, const struct report_known *known)
{
	struct audit_event e = event_of(d, "confirmed", NULL);
	char bid[BID_TEXT];
	unsigned opened = 0;
	uint64_t report = known->id;
	struct fates done = { 0 };

	if (s->decision == REPORT_CONFIRM) {
		TRY(report_save(v, known, &s->new, s->decision, 0, &report));
		TRY(hold_confirm(v, d, report, &s->new, &opened));
	}
	if (known->exists)
		TRY(fate_apply(v, d, report, &s->new, s->decision, &done));
	name_bundle(&e, known, bid);
	e.res = s->decision == REPORT_CONFIRM ? "ok"
	    : known->exists ? "nothing" : "unknown";
	e.det[0] = (struct audit_detail){ "opened", NULL, opened };
	return audit_add(&v->audit, &e);
}

static enum status
store_report(struct vault *v, const struct delivery *d,
    const struct staged *s)
{
	static enum status (*const store[])(struct vault *,
	    const struct delivery *, const struct staged *,
	    const struct report_known *) = {
		[REPORT_SEAL]       = store_sealed,
		[REPORT_SAME]       = store_nothing_new,
		[REPORT_OLD]        = store_nothing_new,
		[REPORT_REVOKE]     = store_revocation,
		[REPORT_UNKNOWN]    = store_revocation,
		[REPORT_QUARANTINE] = store_quarantine,
		[REPORT_ASIDE]      = store_quarantine,
		[REPORT_CONFIRM]    = store_confirmation,
		[REPORT_NOTHING]    = store_confirmation,
	};
	struct report_known known;

	TRY(report_load(v, s->new.key, &known));
	return store[s->decision](v, d, s, &known);
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
