/* What is said about an HPRIM file: see hprim.h. */
#include "input/hprim.h"

#include <stdio.h>

#include "config/senders.h"

static const struct {
	enum hl7_ack_code code;
	unsigned error;
	const char *english, *french;
} texts[] = {
#define X(name, code, error, english, french) \
	[HPRIM_SAYS_##name] = { HL7_##code, error, english, french },
	HPRIM_TEXTS(X)
#undef X
};

/* --- refusing ------------------------------------------------------------ */

/* See hprim.h. */
void
hprim_refuse(struct hprim *h, enum hprim_text text, const char *segment,
    unsigned field, unsigned line)
{
	char where[24];
	struct hprim_detail *detail;

	if (h->c.refusal.error != 0)
		return;
	hl7_refuse(&h->c, (struct hl7_ack_reply){ texts[text].code,
	    texts[text].error, segment, 0, field, texts[text].english });
	if (line > 0) {
		snprintf(where, sizeof(where), "line %u", line);
		h->out->where = arena_copy(h->c.arena, span_of(where));
	}
	detail = arena_alloc(h->c.arena, sizeof(*detail));
	if (detail == NULL)
		return;
	*detail = (struct hprim_detail){ text, h->about.lines,
	    h->about.segments, h->about.counted_segments };
	h->out->detail = detail;
}

/* See hprim.h. */
void
hprim_refuse_here(struct hprim *h, enum hprim_text text, const char *segment,
    unsigned field)
{
	/* Looking for the line takes time: only for the reason that is told. */
	if (h->c.refusal.error == 0)
		hprim_refuse(h, text, segment, field,
		    hprim_line_of(h->file, h->segment));
}

/* See hprim.h. */
void
hprim_check_sender(struct hprim *h, struct span code, struct span name,
    unsigned field, unsigned line)
{
	if (senders_have(span_of(h->c.source->senders), code, name))
		return;
	h->out->unlisted = true;
	hprim_refuse(h, HPRIM_SAYS_SENDER, field > 0 ? "H" : NULL, field, line);
}

static void
drop_reports(struct parsed *out)
{
	out->reports = NULL;
	out->n_reports = 0;
}

/* See hprim.h. */
enum status
hprim_finish(struct hprim *h, enum status st)
{
	struct parsed *out = h->out;

	if (h->c.failed != ST_OK || st == ST_TOO_BIG) {
		h->c.refusal.error = 0;
		hprim_refuse(h, HPRIM_SAYS_MEMORY, NULL, 0, 0);
		st = ST_TOO_BIG;
	} else if (h->c.refusal.error != 0) {
		st = ST_INVALID;
	} else if (out->wants.len > 0) {
		hprim_refuse(h, HPRIM_SAYS_WANTED, "OBX", 6, 0);
		st = ST_NOT_FOUND;
	}
	out->warnings = h->c.warnings;
	out->answer = true;
	out->reply = h->c.refusal;
	if (st == ST_OK)
		out->reply = (struct hl7_ack_reply){ .code = HL7_AA };
	else
		drop_reports(out);
	return st;
}

/* --- the answer ---------------------------------------------------------- */

/* Reasons that are found after parsing, by what HL70357 calls them. */
static const char *
french_of(const struct hl7_ack_reply *reply)
{
	static const struct {
		unsigned error;
		const char *french;
	} row[] = {
		{ 101, "il manque un résultat ou un document" },
		{ 104, "trop grand" },
		{ 204, "aucun compte rendu connu à retirer" },
		{ 207, "pas maintenant ; à renvoyer" },
	};

	for (size_t i = 0; reply->text != NULL && i < COUNT(texts); i++)
		if (strcmp(reply->text, texts[i].english) == 0)
			return texts[i].french;
	for (size_t i = 0; i < COUNT(row); i++)
		if (reply->error == row[i].error)
			return row[i].french;
	return "refusé";
}

/* The standard's chapter of a segment; 0: none. */
static unsigned
chapter_of(const char *segment)
{
	static const struct {
		const char *name;
		unsigned chapter;
	} row[] = {
		{ "H", 7 }, { "P", 8 }, { "OBR", 9 }, { "OBX", 10 },
		{ "C", 12 }, { "L", 14 },
	};

	for (size_t i = 0; segment != NULL && i < COUNT(row); i++)
		if (strcmp(segment, row[i].name) == 0)
			return row[i].chapter;
	return 0;
}

/* "ligne / line 17, OBX 10.6": where it is. */
static enum status
put_place(const struct parsed *p, struct buf *out)
{
	struct span number = span_slice(p->where, strlen("line "), p->where.len);
	unsigned chapter = chapter_of(p->reply.segment);
	char text[32] = "";

	if (number.len > 0) {
		TRY(buf_append_text(out, "ligne / line "));
		TRY(buf_append_span(out, number));
		TRY(buf_append_text(out, chapter > 0 ? ", " : "\n"));
	}
	if (chapter == 0)
		return ST_OK;
	if (p->reply.field > 0)
		snprintf(text, sizeof(text), " %u.%u", chapter, p->reply.field);
	TRY(buf_append_text(out, p->reply.segment));
	TRY(buf_append_text(out, text));
	return buf_append_text(out, "\n");
}

static enum status
put_counts(const struct parsed *p, struct buf *out)
{
	const struct hprim_detail *detail = p->detail;
	char text[96];

	if (detail == NULL || detail->text != HPRIM_SAYS_SEGMENTS ||
	    p->reply.error != texts[HPRIM_SAYS_SEGMENTS].error)
		return ST_OK;
	snprintf(text, sizeof(text), "14.5 : %lu ; lignes / lines : %u ; "
	    "segments : %u\n", detail->counted, detail->lines,
	    detail->segments);
	return buf_append_text(out, text);
}

static enum status
put_refusal(const struct parsed *p, struct buf *out)
{
	TRY(put_place(p, out));
	TRY(put_counts(p, out));
	TRY(buf_append_text(out, french_of(&p->reply)));
	TRY(buf_append_text(out, "\n"));
	TRY(buf_append_text(out, p->reply.text == NULL
	    ? "not something we take" : p->reply.text));
	return buf_append_text(out, "\n");
}

/* See hprim.h. */
enum status
hprim_answer(const struct parsed *p, uint64_t now_ms, struct span id,
    struct buf *out)
{
	char text[96];

	(void)now_ms;
	if (p->reply.code != HL7_AA)
		return put_refusal(p, out);
	snprintf(text, sizeof(text), "Enregistré / stored\ncomptes rendus / "
	    "reports : %zu\nid ", p->n_reports);
	TRY(buf_append_text(out, text));
	TRY(buf_append_span(out, id));
	return buf_append_text(out, "\n");
}
