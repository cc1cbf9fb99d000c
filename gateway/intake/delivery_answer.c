#include "intake/delivery_parts.h"

#include <stdlib.h>

#include "base/hex.h"
#include "base/log.h"
#include "crypto/random.h"
#include "intake/auditor.h"
#include "input/parse.h"

enum {
	OWN_ID_BYTES = 10,		/* of our MSH-10, as hex */
	HEAD_ARENA = 2 * 1024 * 1024	/* for one segment */
};

/* See delivery_parts.h. */
void
answer_free(struct answer *a)
{
	free(a->ptr);
	*a = (struct answer){ 0 };
}

/* See delivery_parts.h. */
struct span
answer_span(const struct answer *a)
{
	return (struct span){ a->ptr, a->len };
}

/* --- what is said ---------------------------------------------------------- */

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

/* See delivery_parts.h. */
bool
answer_make(struct delivery *d)
{
	return make_answer(d->shared, d->input.kind, &d->parsed, &d->ack) ==
	    ST_OK;
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

/* See delivery_parts.h. */
bool
answer_is_withdrawal(const struct report *r)
{
	return r->release == RELEASE_WITHDRAW || r->release == RELEASE_INCIDENT;
}

/* See delivery_parts.h. */
bool
answer_has_object(const struct report *r)
{
	return r->release == RELEASE_DELIVER || r->release == RELEASE_WITHHOLD;
}

/* See delivery_parts.h. */
enum status
answer_check_reports(struct parsed *p)
{
	if (p->n_reports > DELIVERY_REPORTS_MOST) {
		answer_error(&p->reply, 104, "more than 64 patients");
		return ST_TOO_BIG;
	}
	for (size_t i = 0; i < p->n_reports; i++) {
		enum status st = answer_has_object(&p->reports[i]) ?
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

static bool
has_withdrawal(const struct parsed *p)
{
	for (size_t i = 0; i < p->n_reports; i++)
		if (answer_is_withdrawal(&p->reports[i]))
			return true;
	return false;
}

/* See delivery_parts.h. */
bool
answer_make_spare(struct delivery *d)
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

/* --- refusals -------------------------------------------------------------- */

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

/* See delivery_parts.h. */
void
answer_tell_refusal(struct delivery *d)
{
	if (d->parsed.unlisted)
		auditor_tell(d->shared, d->input.source->name, d->input.peer,
		    "message of a sender that its source may not speak for");
	if (d->parsed.answer && d->shared->on_refusal != NULL)
		d->shared->on_refusal(d->shared->role, &d->input,
		    &d->parsed.reply);
	if (d->parsed.answer)
		log_refusal(d);
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
	arena_init(&arena, HEAD_ARENA);
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
		st = buf_append_span(ack, answer_span(&answer));
	answer_free(&answer);
	arena_clear(&arena);
	return st == ST_OK ? ST_OK : ST_NOT_FOUND;
}
