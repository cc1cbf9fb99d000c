#include "intake/delivery.h"

#include <stdlib.h>
#include <time.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/wipe.h"
#include "crypto/random.h"
#include "intake/auditor.h"
#include "intake/facts.h"
#include "intake/parse.h"
#include "intake/release.h"
#include "wire/scan.h"

enum {
	PART_BYTES = 131072,		/* OBJECT_PART.data */
	/* Memory of a delivery for each byte of its frame: texts and a decoded
	 * PDF, the payload, the JWE. */
	COST_FACTOR = 5,
	ARENA_FACTOR = 4,
	ARENA_LEAST = 2 * 1024 * 1024,
	/* Short lines become structs far longer than they are.  What is over
	 * LINES_IN_MOST has room enough by its own length: more results than
	 * that cannot be sealed. */
	LINE_BYTES = sizeof(struct observation) + 128,
	LINES_IN_MOST = 4 * 1024 * 1024,
	LINES_BYTES_MOST = 24 * 1024 * 1024,
	SLOT_BITS = 9,			/* of a delivery's number */
	OWN_ID_BYTES = 10,		/* of our MSH-10, as hex */
	FILE_NAME_MAX = 255		/* SPOOL_ANSWER.wants */
};

_Static_assert(1 << SLOT_BITS == DELIVERY_SLOTS, "slots fit the number");

/* --- ending ---------------------------------------------------------------- */

static void
try_abort(struct delivery *d)
{
	struct message m = { .id = MSG_DELIVERY_ABORT,
	    .delivery_abort = { d->to_abort } };

	if (d->to_abort != 0 &&
	    role_send(d->shared->role, ROLE_VAULT, &m) != ST_BUSY)
		d->to_abort = 0;
	d->is_blocked = d->is_blocked || d->to_abort != 0;
}

static void
free_answer(struct answer *a)
{
	free(a->ptr);
	*a = (struct answer){ 0 };
}

static struct span
span_of_answer(const struct answer *a)
{
	return (struct span){ a->ptr, a->len };
}

/* The arena is wiped here if sealing did not come to its end. */
static void
end(struct delivery *d, enum delivery_end how, struct span ack)
{
	struct answer ack_own = d->ack, busy = d->busy;

	if (d->input.kind != NULL)
		d->events->on_frame_done(d->owner);
	arena_clear(&d->arena);
	seal_clear(&d->sealed);
	budget_leave(&d->shared->working, &d->ticket);
	d->input.kind = NULL;
	d->state = DELIVERY_IS_IDLE;
	d->is_blocked = false;
	if (d->has_begun)
		d->to_abort = d->number;
	d->has_begun = false;
	try_abort(d);
	/* The owner may start the next one from inside. */
	free_answer(&d->unknown);
	d->ack = d->busy = (struct answer){ 0 };
	d->events->on_end(d->owner, how, ack);
	free_answer(&ack_own);
	free_answer(&busy);
}

/* Durable, now or since it came before. */
static void
end_well(struct delivery *d, enum delivery_end how, struct span ack)
{
	d->has_begun = false;
	if (d->is_silent)
		end(d, DELIVERY_SILENT, (struct span){ 0 });
	else
		end(d, how, ack);
}

static void
transient(struct delivery *d)
{
	if (d->busy.len > 0)
		end(d, DELIVERY_POSTPONED, span_of_answer(&d->busy));
	else
		end(d, DELIVERY_TRANSIENT, (struct span){ 0 });
}

/* See delivery.h. */
void
delivery_fail(struct delivery *d)
{
	if (d->state != DELIVERY_IS_IDLE)
		transient(d);
}

/* --- the ACK --------------------------------------------------------------- */

static struct tm
utc(uint64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	return tm;
}

/* An answer of `kind` to `p`, on the heap. */
static enum status
make_answer(const struct delivery_shared *shared, const struct input_kind *kind,
    const struct parsed *p, struct answer *out)
{
	uint8_t random[OWN_ID_BYTES], id[2 * OWN_ID_BYTES];
	struct buf id_buf = buf_over(id, sizeof(id));
	struct buf text = buf_over(malloc(kind->answer_max), kind->answer_max);
	enum status st = text.ptr == NULL ? ST_NO_SPACE : ST_OK;

	random_bytes(random, sizeof(random));
	if (st == ST_OK)
		st = hex_encode((struct span){ random, sizeof(random) },
		    &id_buf);
	if (st == ST_OK)
		st = kind->answer(p, shared->now_ms(), buf_span(&id_buf),
		    &text);
	if (st != ST_OK) {
		free(text.ptr);
		return st;
	}
	*out = (struct answer){ text.ptr, text.len };
	return ST_OK;
}

/* Its answer if all goes well, or the refusal. */
static bool
make_ack(struct delivery *d)
{
	return make_answer(d->shared, d->input.kind, &d->parsed, &d->ack) ==
	    ST_OK;
}

/* Words of our own only: what the message says stays out of the log. */
static void
log_refusal(struct delivery *d)
{
	const struct hl7_ack_reply *r = &d->parsed.reply;
	static const char *const code[] = {
		[HL7_AA] = "AA", [HL7_AE] = "AE", [HL7_AR] = "AR",
		[HL7_CA] = "CA", [HL7_CE] = "CE", [HL7_CR] = "CR",
	};

	if (d->shared->lines_left == 0)
		return;
	d->shared->lines_left--;
	log_line(LOG_NOTICE, "message of source %s refused: %s %u, %s %u: %s",
	    d->input.source->name, code[r->code], r->error,
	    r->segment == NULL ? "field" : r->segment, r->field,
	    r->text == NULL ? "not something we take" : r->text);
}

static void
refuse(struct delivery *d)
{
	if (d->parsed.unlisted)
		auditor_tell(d->shared, d->input.source->name, d->input.peer,
		    "message of a sender that its source may not speak for");
	if (d->parsed.answer && d->shared->on_refusal != NULL)
		d->shared->on_refusal(d->shared->role, &d->input,
		    &d->parsed.reply);
	if (d->parsed.answer)
		log_refusal(d);
	if (d->parsed.answer && make_ack(d))
		end(d, DELIVERY_REFUSED, span_of_answer(&d->ack));
	else
		end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
}

/* --- parsing --------------------------------------------------------------- */

static bool
is_withdrawal(const struct report *r)
{
	return r->release == RELEASE_WITHDRAW || r->release == RELEASE_INCIDENT;
}

/* Is it about what came before, or about nothing that may be stored? */
static bool
has_object(const struct report *r)
{
	return r->release == RELEASE_DELIVER || r->release == RELEASE_WITHHOLD;
}

/* Turns the answer into AE (or CE) with an error of HL70357. */
static void
answer_error(struct hl7_ack_reply *reply, unsigned error, const char *text)
{
	bool accept = reply->code == HL7_CA || reply->code == HL7_CE ||
	    reply->code == HL7_CR;

	*reply = (struct hl7_ack_reply){ .code = accept ? HL7_CE : HL7_AE,
	    .error = error, .text = text };
}

/* What can be parsed but never sealed is refused now: later there is no MSH
 * left to answer to, and repeating it would not help. */
static enum status
check_reports(struct parsed *p)
{
	if (p->n_reports > DELIVERY_REPORTS_MOST) {
		answer_error(&p->reply, 104, "more than 64 patients");
		return ST_TOO_BIG;
	}
	for (size_t i = 0; i < p->n_reports; i++) {
		enum status st = has_object(&p->reports[i]) ?
		    seal_check(&p->reports[i]) : ST_OK;

		if (st == ST_INVALID)
			answer_error(&p->reply, 101,
			    "neither a result nor a document");
		else if (st == ST_TOO_BIG)
			answer_error(&p->reply, 104, "report too large");
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static void
fill_in(struct delivery *d)
{
	for (size_t i = 0; i < d->parsed.n_reports; i++)
		facts_complete(&d->parsed.reports[i], &d->shared->role->config,
		    d->input.source);
}

static bool
has_withdrawal(const struct parsed *p)
{
	for (size_t i = 0; i < p->n_reports; i++)
		if (is_withdrawal(&p->reports[i]))
			return true;
	return false;
}

/* What may have to be said when there is no head any more to answer to. */
static bool
make_spare_answers(struct delivery *d)
{
	const struct config_source *source = d->input.source;
	struct parsed p = d->parsed;
	enum status st = ST_OK;

	if (source->refuse_unknown && has_withdrawal(&p)) {
		answer_error(&p.reply, 204, "no such report to withdraw");
		st = make_answer(d->shared, d->input.kind, &p, &d->unknown);
	}
	if (st == ST_OK && source->transient_ar) {
		bool accept = d->parsed.reply.code == HL7_CA;

		p.reply = (struct hl7_ack_reply){ .code = accept ? HL7_CR
		    : HL7_AR, .error = 207, .text = "not now, send it again" };
		st = make_answer(d->shared, d->input.kind, &p, &d->busy);
	}
	return st == ST_OK;
}

static void run(struct delivery *d);

static void
begin_delivery(struct delivery *d)
{
	fill_in(d);
	identity_sender(&d->parsed.head, span_of(d->input.source->name),
	    d->sender);
	/* The head borrows from the input and must not be looked at again. */
	memset(&d->parsed.head, 0, sizeof(d->parsed.head));
	d->events->on_frame_done(d->owner);
	d->input.kind = NULL;
	d->is_silent = !d->parsed.answer;
	d->number = ++d->shared->serial << SLOT_BITS | d->slot;
	d->report = 0;
	d->state = DELIVERY_IS_BEGINNING;
	run(d);
}

static size_t
size_of(const struct input *in)
{
	size_t size = in->bytes.len;

	for (size_t i = 0; i < in->n_pieces; i++)
		size += in->pieces[i].bytes.len;
	return size;
}

/* The name stands in the arena, which end() wipes. */
static void
end_wanting(struct delivery *d)
{
	uint8_t name[FILE_NAME_MAX];
	struct buf copy = buf_over(name, sizeof(name));

	if (buf_append_span(&copy, d->parsed.wants) != ST_OK)
		end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
	else
		end(d, DELIVERY_WANTS, buf_span(&copy));
}

/* Memory for what the lines of an input may become. */
static size_t
size_of_lines(const struct input *in)
{
	struct span rest = in->bytes;
	size_t lines = 0, len;

	if (rest.len > LINES_IN_MOST)
		return 0;
	for (; rest.len > 0; lines++) {
		len = scan_either(rest, '\r', '\n');
		rest = span_slice(rest, len + 1, rest.len);
	}
	return lines > LINES_BYTES_MOST / LINE_BYTES ? LINES_BYTES_MOST
	    : lines * LINE_BYTES;
}

static void
parse(struct delivery *d)
{
	enum status st;

	arena_init(&d->arena, ARENA_LEAST + size_of_lines(&d->input) +
	    ARENA_FACTOR * size_of(&d->input));
	st = d->input.kind->parse(&d->input, d->shared->now_ms(), &d->arena,
	    &d->parsed);
	d->shared->warnings += d->parsed.warnings != 0;
	if (d->parsed.ignored) {
		end(d, DELIVERY_IGNORED, (struct span){ 0 });
		return;
	}
	if (st == ST_NOT_FOUND) {
		end_wanting(d);
		return;
	}
	if (st == ST_OK)
		st = check_reports(&d->parsed);
	if (st != ST_OK)
		refuse(d);
	else if (!make_ack(d) || !make_spare_answers(d))
		end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
	else
		begin_delivery(d);
}

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
	transient(d);
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
	    .delivery = d->number, .ack = span_of_answer(&d->ack) } };

	if (send_it(d, &m))
		d->state = DELIVERY_IS_COMMITTED;
}

/* Sends until an answer is awaited, the channel is full, or it is over. */
static void
run(struct delivery *d)
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
	transient(d);
}

static void
on_state(struct delivery *d, const struct message *m)
{
	const struct msg_delivery_state *s = &m->delivery_state;

	if (s->outcome == ST_EXISTS && s->ack.len > 0) {
		end_well(d, DELIVERY_REPLAYED, s->ack);
		return;
	}
	if (s->outcome != ST_OK) {
		refused(d, "the vault does not begin it", s->outcome);
		return;
	}
	if (s->key_reused) {
		d->shared->warnings++;
		log_line(LOG_NOTICE, "delivery %llu: control id used before "
		    "with other content; taken as new",
		    (unsigned long long)d->number);
	}
	d->state = DELIVERY_IS_OPENING;
	run(d);
}

/* Builds, encrypts and hashes: the one place where time goes. */
static void
seal(struct delivery *d)
{
	struct delivery_shared *shared = d->shared;
	struct tm now = utc(shared->now_ms());
	struct fhir_identity id = { .box = shared->role->config.box_id,
	    .language = d->parsed.reports[d->report].language };
	char timestamp[32];
	enum status st;

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
	run(d);
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
	    !has_object(&d->parsed.reports[d->report]));
}

static void
on_opened(struct delivery *d, const struct message *m)
{
	const struct msg_report_opened *o = &m->report_opened;

	if (o->outcome == ST_NOT_FOUND && d->unknown.len > 0 &&
	    is_withdrawal(&d->parsed.reports[d->report])) {
		end(d, DELIVERY_REFUSED, span_of_answer(&d->unknown));
	} else if (is_settled(d, o->outcome)) {
		if (o->outcome == ST_DENIED)
			log_line(LOG_WARNING, "delivery %llu: report %llu is "
			    "quarantined: its patient is not who it was",
			    (unsigned long long)d->number,
			    (unsigned long long)o->report);
		next_report(d);
		run(d);
	} else if (o->outcome == ST_NOT_FOUND) {
		log_line(LOG_ERROR, "delivery %llu: no card for this result "
		    "and no lab card to keep it on; make the lab card: "
		    "guichet card new --lab", (unsigned long long)d->number);
		transient(d);
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
	run(d);
}

static void
on_stored(struct delivery *d, const struct message *m)
{
	if (m->delivery_stored.outcome == ST_OK) {
		end_well(d, DELIVERY_ACK, span_of_answer(&d->ack));
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

/* --- from outside ---------------------------------------------------------- */

/* See delivery.h. */
void
delivery_init(struct delivery *d, struct delivery_shared *shared,
    const struct delivery_owner *events, void *owner, unsigned slot)
{
	memset(d, 0, sizeof(*d));
	d->shared = shared;
	d->events = events;
	d->owner = owner;
	d->slot = slot;
	d->ticket.owner = d;
}

/* See delivery.h. */
void
delivery_start(struct delivery *d, const struct input *input)
{
	if (d->state != DELIVERY_IS_IDLE)
		unexpected("delivery in a slot that is in use", (int)d->slot);
	d->input = *input;
	d->state = DELIVERY_IS_QUEUED;
	if (budget_take(&d->shared->working, &d->ticket,
	    COST_FACTOR * size_of(input) + size_of_lines(input)))
		parse(d);
}

/* See delivery.h. */
unsigned
delivery_slot_of(uint64_t number)
{
	return (unsigned)(number % DELIVERY_SLOTS);
}

/* See delivery.h. */
void
delivery_kick(struct delivery *d)
{
	if (d->is_blocked) {
		run(d);
		try_abort(d);
	} else if (d->state == DELIVERY_IS_QUEUED && d->ticket.wanted == 0) {
		parse(d);
	}
}

/* See delivery.h. */
enum status
delivery_refuse_big(const struct delivery_shared *shared,
    const struct config_source *source, struct span part, struct buf *ack)
{
	const uint8_t *cr = part.len == 0 ? NULL :
	    memchr(part.ptr, '\r', part.len);
	struct answer answer = { 0 };
	struct parsed parsed;
	struct arena arena;
	enum status st;

	if (cr == NULL)
		return ST_NOT_FOUND;
	arena_init(&arena, ARENA_LEAST);
	st = parse_frame(span_slice(part, 0, (size_t)(cr - part.ptr)),
	    source, shared->now_ms(), &arena, &parsed);
	if (!parsed.answer || parsed.ignored)
		st = ST_NOT_FOUND;
	if (st != ST_NOT_FOUND) {
		answer_error(&parsed.reply, 104,
		    "message longer than mllp.frame_max");
		st = make_answer(shared, &input_hl7, &parsed, &answer);
	}
	if (st == ST_OK)
		st = buf_append_span(ack, span_of_answer(&answer));
	free_answer(&answer);
	arena_clear(&arena);
	return st == ST_OK ? ST_OK : ST_NOT_FOUND;
}
