#include "intake/delivery_parts.h"

#include <time.h>

#include "base/log.h"
#include "crypto/random.h"
#include "intake/facts.h"
#include "input/release.h"

enum { PART_BYTES = 131072 };		/* OBJECT_PART.data */

/* --- what is sent ---------------------------------------------------------- */

/* True: sent.  Otherwise the delivery waits for room, or is over. */
static bool
send_it(struct delivery *d, const struct message *m)
{
	enum status st = role_send(d->shared->role, ROLE_VAULT, m);

	if (st == ST_OK)
		return true;
	if (st == ST_BUSY) {
		d->is_blocked = true;
		return false;
	}
	log_line(LOG_WARNING, "delivery %llu: %s to the vault: %s; no answer "
	    "is given, the sender will repeat it",
	    (unsigned long long)d->number, message_name(m->id),
	    status_text(st));
	delivery_end_transient(d);
	return false;
}

static void
begin(struct delivery *d)
{
	struct message m = { .id = MSG_DELIVERY_BEGIN, .delivery_begin = {
	    .delivery = d->number,
	    .source = span_of(d->input.source->name),
	    .key = { d->parsed.key, sizeof(d->parsed.key) },
	    .digest = { d->parsed.digest, sizeof(d->parsed.digest) } } };

	if (!send_it(d, &m))
		return;
	d->has_begun = true;
	d->state = DELIVERY_IS_ASKED;
}

static void
open_report(struct delivery *d)
{
	const struct report *r;
	struct facts facts;
	struct message m = { .id = MSG_REPORT_OPEN };

	if (d->report == d->parsed.n_reports) {
		d->state = DELIVERY_IS_COMMITTING;
		return;
	}
	r = &d->parsed.reports[d->report];
	facts_of(r, d->input.source, d->sender, d->shared->key, &facts);
	facts_open(r, &facts, &m.report_open);
	m.report_open.delivery = d->number;
	m.report_open.report = d->report;
	if (send_it(d, &m))
		d->state = DELIVERY_IS_OPENED;
}

static void
get_claim(struct delivery *d)
{
	struct message m = { .id = MSG_CLAIM_GET, .claim_get = {
	    .delivery = d->number, .report = d->report,
	    .name = { d->sealed.name, sizeof(d->sealed.name) },
	    .size = d->sealed.size,
	    .sha256 = { d->sealed.sha256, sizeof(d->sealed.sha256) } } };

	if (send_it(d, &m))
		d->state = DELIVERY_IS_CLAIMED;
}

static void
send_part(struct delivery *d)
{
	struct span jwe = { d->sealed.region.ptr, d->sealed.size };
	struct message m = { .id = MSG_OBJECT_PART, .object_part = {
	    .delivery = d->number, .report = d->report,
	    .data = span_slice(jwe, d->sent, PART_BYTES) } };

	if (channel_is_full(&d->shared->role->peer[ROLE_VAULT]))
		d->is_blocked = true;
	else if (send_it(d, &m))
		d->sent += m.object_part.data.len;
}

static void
next_report(struct delivery *d)
{
	seal_clear(&d->sealed);
	d->report++;
	d->state = DELIVERY_IS_OPENING;
	if (d->report < d->parsed.n_reports)
		return;
	arena_clear(&d->arena);	/* the last plaintext */
	budget_leave(&d->shared->working, &d->ticket);
}

static void
send_object(struct delivery *d)
{
	struct message m = { .id = MSG_ENVELOPE, .envelope = {
	    .delivery = d->number, .report = d->report,
	    .envelope = { d->envelope, d->envelope_len } } };

	if (d->sent < d->sealed.size)
		send_part(d);
	else if (send_it(d, &m))
		next_report(d);
}

static void
commit(struct delivery *d)
{
	struct message m = { .id = MSG_DELIVERY_COMMIT, .delivery_commit = {
	    .delivery = d->number, .ack = answer_span(&d->ack) } };

	if (send_it(d, &m))
		d->state = DELIVERY_IS_COMMITTED;
}

/* See delivery_parts.h. */
void
delivery_run(struct delivery *d)
{
	static void (*const act[DELIVERY_STATES])(struct delivery *) = {
		[DELIVERY_IS_BEGINNING]  = begin,
		[DELIVERY_IS_OPENING]    = open_report,
		[DELIVERY_IS_CLAIMING]   = get_claim,
		[DELIVERY_IS_SENDING]    = send_object,
		[DELIVERY_IS_COMMITTING] = commit,
	};

	d->is_blocked = false;
	while (!d->is_blocked && act[d->state] != NULL)
		act[d->state](d);
}

/* --- what is answered ------------------------------------------------------ */

static void
refused(struct delivery *d, const char *what, uint64_t outcome)
{
	log_line(LOG_WARNING, "delivery %llu: %s: %s; no answer is given, the "
	    "sender will repeat it", (unsigned long long)d->number, what,
	    status_text((enum status)outcome));
	delivery_end_transient(d);
}

static void
on_state(struct delivery *d, const struct message *m)
{
	const struct msg_delivery_state *s = &m->delivery_state;

	if (s->outcome == ST_EXISTS && s->ack.len > 0) {
		delivery_end_well(d, DELIVERY_REPLAYED, s->ack);
		return;
	}
	if (s->outcome != ST_OK) {
		refused(d, "the vault does not begin it", s->outcome);
		return;
	}
	if (s->key_reused) {
		d->shared->warnings++;
		/* Some senders have the same one for all their messages. */
		if (d->shared->lines_left > 0) {
			d->shared->lines_left--;
			log_line(LOG_NOTICE, "delivery %llu: control id used "
			    "before with other content; taken as new",
			    (unsigned long long)d->number);
		}
	}
	d->state = DELIVERY_IS_OPENING;
	delivery_run(d);
}

/* Builds, encrypts and hashes: the one place where time goes. */
static void
seal(struct delivery *d)
{
	struct delivery_shared *shared = d->shared;
	time_t s = (time_t)(shared->now_ms() / 1000);
	struct tm now;
	struct fhir_identity id = { .box = shared->role->config.box_id,
	    .language = d->parsed.reports[d->report].language };
	char timestamp[32];
	enum status st;

	gmtime_r(&s, &now);
	strftime(timestamp, sizeof(timestamp), "%Y-%m-%dT%H:%M:%S+00:00", &now);
	id.timestamp = span_of(timestamp);
	random_bytes(id.seed, sizeof(id.seed));
	release_leave_out_confirmed(&d->parsed.reports[d->report]);
	st = seal_report(&d->parsed.reports[d->report], &id, &shared->plain,
	    &d->sealed);
	if (st != ST_OK) {
		refused(d, "sealing", (uint64_t)st);
		return;
	}
	d->sent = 0;
	d->state = DELIVERY_IS_CLAIMING;
	delivery_run(d);
}

static bool
take_card(struct delivery *d, const struct msg_report_opened *o)
{
	if (o->card.len != sizeof(d->card) ||
	    o->bundle.len != sizeof(d->bundle) ||
	    o->public_key.len != sizeof(d->public_key))
		return false;
	memcpy(d->card, o->card.ptr, sizeof(d->card));
	memcpy(d->bundle, o->bundle.ptr, sizeof(d->bundle));
	memcpy(d->public_key, o->public_key.ptr, sizeof(d->public_key));
	return true;
}

/* Is there nothing to seal and nothing wrong?  Quarantine is not the LIS's
 * fault: it gets its AA, a human looks (lis.md 2.6 rule 7).  A withdrawal or
 * a confirmation of what never came is AA too (rule 8). */
static bool
is_settled(const struct delivery *d, uint64_t outcome)
{
	return outcome == ST_EXISTS || outcome == ST_EXPIRED ||
	    outcome == ST_DENIED || (outcome == ST_NOT_FOUND &&
	    !answer_has_object(&d->parsed.reports[d->report]));
}

static void
on_opened(struct delivery *d, const struct message *m)
{
	const struct msg_report_opened *o = &m->report_opened;

	if (o->outcome == ST_NOT_FOUND && d->unknown.len > 0 &&
	    answer_is_withdrawal(&d->parsed.reports[d->report])) {
		delivery_end(d, DELIVERY_REFUSED, answer_span(&d->unknown));
	} else if (is_settled(d, o->outcome)) {
		if (o->outcome == ST_DENIED)
			log_line(LOG_WARNING, "delivery %llu: report %llu is "
			    "quarantined: its patient is not who it was",
			    (unsigned long long)d->number,
			    (unsigned long long)o->report);
		next_report(d);
		delivery_run(d);
	} else if (o->outcome == ST_NOT_FOUND) {
		log_line(LOG_ERROR, "delivery %llu: no card for this result "
		    "and no lab card to keep it on; make the lab card: "
		    "guichet card new --lab", (unsigned long long)d->number);
		delivery_end_transient(d);
	} else if (o->outcome != ST_OK) {
		refused(d, "the vault does not take the report", o->outcome);
	} else if (!take_card(d, o)) {
		refused(d, "the vault's answer", ST_MALFORMED);
	} else {
		seal(d);
	}
}

static void
on_claim(struct delivery *d, const struct message *m)
{
	const struct msg_claim *c = &m->claim;
	struct buf envelope = buf_over(d->envelope, sizeof(d->envelope));
	enum status st = (enum status)c->outcome;

	if (st == ST_OK)
		st = seal_envelope(&d->sealed,
		    (struct span){ d->public_key, sizeof(d->public_key) },
		    span_of(d->shared->role->config.box_id),
		    (struct span){ d->card, sizeof(d->card) },
		    (struct span){ d->bundle, sizeof(d->bundle) },
		    c->claim, &envelope);
	if (st != ST_OK) {
		refused(d, "claim and envelope", (uint64_t)st);
		return;
	}
	d->envelope_len = envelope.len;
	d->state = DELIVERY_IS_SENDING;
	delivery_run(d);
}

static void
on_stored(struct delivery *d, const struct message *m)
{
	if (m->delivery_stored.outcome == ST_OK) {
		delivery_end_well(d, DELIVERY_ACK, answer_span(&d->ack));
	} else {
		/* The vault has forgotten it already. */
		d->has_begun = false;
		refused(d, "the vault did not store it",
		    m->delivery_stored.outcome);
	}
}

/* Every answer starts with the delivery's number; two name the report. */
static bool
is_for(const struct delivery *d, const struct message *m)
{
	switch (m->id) {
	case MSG_DELIVERY_STATE:
		return m->delivery_state.delivery == d->number;
	case MSG_REPORT_OPENED:
		return m->report_opened.delivery == d->number &&
		    m->report_opened.report == d->report;
	case MSG_CLAIM:
		return m->claim.delivery == d->number &&
		    m->claim.report == d->report;
	case MSG_DELIVERY_STORED:
		return m->delivery_stored.delivery == d->number;
	default:
		return false;
	}
}

/* See delivery.h. */
void
delivery_take(struct delivery *d, const struct message *m)
{
	static const struct {
		enum message_id id;
		void (*on)(struct delivery *, const struct message *);
	} awaited[DELIVERY_STATES] = {
		[DELIVERY_IS_ASKED]     = { MSG_DELIVERY_STATE, on_state },
		[DELIVERY_IS_OPENED]    = { MSG_REPORT_OPENED, on_opened },
		[DELIVERY_IS_CLAIMED]   = { MSG_CLAIM, on_claim },
		[DELIVERY_IS_COMMITTED] = { MSG_DELIVERY_STORED, on_stored },
	};

	if (!is_for(d, m))
		return;		/* of a delivery that was given up */
	if (awaited[d->state].id == m->id) {
		awaited[d->state].on(d, m);
	} else if (m->id == MSG_DELIVERY_STORED && d->has_begun) {
		on_stored(d, m);	/* it failed before it was complete */
	}
}
