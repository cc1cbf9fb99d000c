#include "intake/delivery_parts.h"

#include "base/log.h"
#include "intake/facts.h"
#include "intake/identity.h"
#include "wire/scan.h"

enum {
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
	FILE_NAME_MAX = 255,		/* SPOOL_ANSWER.wants */
	STARTS_PER_TURN = 16
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

/* See delivery_parts.h.  The arena is wiped here if sealing did not come to
 * its end. */
void
delivery_end(struct delivery *d, enum delivery_end how, struct span ack)
{
	struct answer ack_own = d->ack, busy = d->busy;

	if (d->input.kind != NULL)
		d->events->on_frame_done(d->owner);
	arena_clear(&d->arena);
	seal_clear(&d->sealed);
	budget_leave(&d->shared->working, &d->ticket);
	d->input.kind = NULL;
	d->state = DELIVERY_IS_IDLE;
	d->is_blocked = d->is_put_off = false;
	if (d->has_begun)
		d->to_abort = d->number;
	d->has_begun = false;
	try_abort(d);
	/* The owner may start the next one from inside. */
	answer_free(&d->unknown);
	d->ack = d->busy = (struct answer){ 0 };
	d->events->on_end(d->owner, how, ack);
	answer_free(&ack_own);
	answer_free(&busy);
}

/* See delivery_parts.h. */
void
delivery_end_well(struct delivery *d, enum delivery_end how, struct span ack)
{
	d->has_begun = false;
	if (d->is_silent)
		delivery_end(d, DELIVERY_SILENT, (struct span){ 0 });
	else
		delivery_end(d, how, ack);
}

/* See delivery_parts.h.  Whoever wants no answer is not told either. */
void
delivery_end_transient(struct delivery *d)
{
	if (d->busy.len > 0 && !d->is_silent)
		delivery_end(d, DELIVERY_POSTPONED, answer_span(&d->busy));
	else
		delivery_end(d, DELIVERY_TRANSIENT, (struct span){ 0 });
}

/* See delivery.h. */
void
delivery_fail(struct delivery *d)
{
	if (d->state != DELIVERY_IS_IDLE)
		delivery_end_transient(d);
}

/* --- parsing --------------------------------------------------------------- */

static void
fill_in(struct delivery *d)
{
	for (size_t i = 0; i < d->parsed.n_reports; i++)
		facts_complete(&d->parsed.reports[i], &d->shared->role->config,
		    d->input.source);
}

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
	delivery_run(d);
}

static size_t
size_of(const struct input *in)
{
	size_t size = in->bytes.len;

	for (size_t i = 0; i < in->n_pieces; i++)
		size += in->pieces[i].bytes.len;
	return size;
}

/* The name stands in the arena, which delivery_end() wipes. */
static void
end_wanting(struct delivery *d)
{
	uint8_t name[FILE_NAME_MAX];
	struct buf copy = buf_over(name, sizeof(name));

	if (buf_append_span(&copy, d->parsed.wants) != ST_OK)
		delivery_end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
	else
		delivery_end(d, DELIVERY_WANTS, buf_span(&copy));
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
refuse(struct delivery *d)
{
	answer_tell_refusal(d);
	if (d->parsed.answer && answer_make(d))
		delivery_end(d, DELIVERY_REFUSED, answer_span(&d->ack));
	else
		delivery_end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
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
		delivery_end(d, DELIVERY_IGNORED, (struct span){ 0 });
		return;
	}
	if (st == ST_NOT_FOUND) {
		end_wanting(d);
		return;
	}
	if (st == ST_OK)
		st = answer_check_reports(&d->parsed);
	if (st != ST_OK)
		refuse(d);
	else if (!answer_make(d) || !answer_make_spare(d))
		delivery_end(d, DELIVERY_UNREADABLE, (struct span){ 0 });
	else
		begin_delivery(d);
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

/* A file or a batch may hold a million messages, each refused at once: the
 * others have their turn in between. */
static bool
has_its_turn(struct delivery *d)
{
	if (d->turn != d->shared->turn)
		d->started = 0;
	d->turn = d->shared->turn;
	d->is_put_off = d->started++ >= STARTS_PER_TURN;
	d->shared->has_put_off |= d->is_put_off;
	return !d->is_put_off;
}

/* See delivery.h. */
void
delivery_start(struct delivery *d, const struct input *input)
{
	bool has_turn = has_its_turn(d);

	if (d->state != DELIVERY_IS_IDLE)
		unexpected("delivery in a slot that is in use", (int)d->slot);
	d->input = *input;
	d->state = DELIVERY_IS_QUEUED;
	if (budget_take(&d->shared->working, &d->ticket,
	    COST_FACTOR * size_of(input) + size_of_lines(input)) && has_turn)
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
		delivery_run(d);
		try_abort(d);
	} else if (d->state == DELIVERY_IS_QUEUED && d->ticket.wanted == 0 &&
	    !d->is_put_off) {
		parse(d);
	}
}
