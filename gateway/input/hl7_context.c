#include "input/hl7_context.h"

#include "wire/hl7_number.h"
#include "wire/hl7_time.h"

/* See hl7_context.h. */
void *
hl7_alloc(struct hl7_context *c, size_t count, size_t size)
{
	void *p;

	if (count == 0 || c->failed != ST_OK)
		return NULL;
	p = count > SIZE_MAX / size ? NULL : arena_alloc(c->arena, count * size);
	if (p == NULL)
		c->failed = ST_TOO_BIG;
	return p;
}

/* See hl7_context.h. */
void
hl7_refuse(struct hl7_context *c, struct hl7_ack_reply reply)
{
	if (c->refusal.error == 0)
		c->refusal = reply;
}

/* --- text ---------------------------------------------------------------- */

static struct span
without_tail(struct span s)
{
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && s.ptr[0] == ' ')
		s = span_slice(s, 1, s.len);
	return without_tail(s);
}

/* Bytes of the message's character set to UTF-8. */
static struct span
to_utf8(struct hl7_context *c, struct span s)
{
	struct buf out;

	if (charset_is_utf8(s) && (c->charset == CHARSET_IS_UTF8 ||
	    charset_is_ascii(s)))
		return s;
	out = buf_over(hl7_alloc(c, charset_most(s.len), 1),
	    charset_most(s.len));
	if (out.ptr == NULL || charset_to_utf8(s, c->charset, &out) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

/* Unescapes `raw` into the arena; `repeated` makes repetitions lines. */
static struct span
decoded(struct hl7_context *c, struct span raw, bool repeated)
{
	struct buf out = buf_over(hl7_alloc(c, raw.len, 1), raw.len);
	struct span piece;
	bool first = true;

	if (out.ptr == NULL)
		return (struct span){ 0 };
	while (hl7_next_piece(&raw, repeated ? c->d.repetition : 0, &piece)) {
		/* Cannot fail: never longer than `raw`. */
		if ((!first && buf_append_text(&out, "\n") != ST_OK) ||
		    hl7_unescape(piece, &c->d, &out) != ST_OK)
			break;
		first = false;
	}
	return to_utf8(c, buf_span(&out));
}

/* See hl7_context.h. */
struct span
hl7_text(struct hl7_context *c, struct span raw)
{
	raw = trimmed(raw);
	return hl7_is_null(raw) ? (struct span){ 0 }
	    : trimmed(decoded(c, raw, false));
}

/* See hl7_context.h. */
struct span
hl7_prose(struct hl7_context *c, struct span field)
{
	return hl7_is_null(field) ? (struct span){ 0 }
	    : without_tail(decoded(c, field, true));
}

/* See hl7_context.h. */
struct span
hl7_text_at(struct hl7_context *c, struct span field, size_t n)
{
	return hl7_text(c, hl7_component(hl7_first(field, &c->d), &c->d, n));
}

/* See hl7_context.h. */
struct span
hl7_code(struct hl7_context *c, struct span field)
{
	struct span code = trimmed(hl7_component(hl7_first(field, &c->d),
	    &c->d, 1));

	return hl7_is_null(code) ? (struct span){ 0 } : code;
}

/* --- times and numbers --------------------------------------------------- */

/* See hl7_context.h. */
struct fhir_time
hl7_when(struct hl7_context *c, struct span raw, uint64_t *ms)
{
	struct fhir_time none = { { 0 } };
	struct hl7_time time;
	enum status st = hl7_time_read(hl7_code(c, raw), &time);
	struct span first = hl7_first(raw, &c->d);
	struct buf out;

	if (st != ST_OK) {
		if (st == ST_MALFORMED)
			c->warnings |= WARN_TIME;
		return none;
	}
	hl7_time_limit(&time, hl7_component(first, &c->d, 2));
	if (hl7_time_is_ambiguous(&time, &c->zone))
		c->warnings |= WARN_TIME;
	out = buf_over(hl7_alloc(c, HL7_TIME_TEXT_MAX, 1), HL7_TIME_TEXT_MAX);
	if (out.ptr == NULL || hl7_time_write(&time, &c->zone, &out) != ST_OK)
		return none;
	if (ms != NULL)
		*ms = hl7_time_ms(&time, &c->zone);
	return (struct fhir_time){ buf_span(&out) };
}

/* See hl7_context.h. */
struct span
hl7_number(struct hl7_context *c, struct span raw)
{
	uint8_t aside[HL7_NUMBER_MAX + 8];
	struct buf out = buf_over(aside, sizeof(aside));
	bool comma = false;
	struct span copy;

	if (hl7_number_write(raw, &out, &comma) != ST_OK)
		return (struct span){ 0 };
	if (comma)
		c->warnings |= WARN_DECIMAL_COMMA;
	copy = arena_copy(c->arena, buf_span(&out));
	if (copy.ptr == NULL)
		c->failed = ST_TOO_BIG;
	return copy;
}
