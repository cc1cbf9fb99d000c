/*
 * A whole HPRIM file to reports, and its answer.  The first byte sets the
 * source up and says which kind.  Invariants: nothing is stored unless all is
 * well, all text is UTF-8, the name of a wanted file is a plain one, only
 * the patient's copy is delivered unless the source allows any, an answer
 * can always be written.
 */
#include <stdlib.h>

#include "input/format.h"
#include "input/hprim.h"

enum { ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_text(struct span s)
{
	if (!charset_is_utf8(s) || (s.len > 0 && memchr(s.ptr, 0, s.len) != NULL))
		abort();
}

static void
check_coded(const struct coded *c)
{
	check_text(c->code);
	check_text(c->display);
	check_text(c->system);
	check_text(c->alternate_code);
	check_text(c->alternate_display);
	check_text(c->text);
}

static void
check_notes(const struct note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_text(notes[i].text);
}

static void
check_observation(const struct observation *o)
{
	check_coded(&o->code);
	check_text(o->value.text);
	check_text(o->value.number);
	check_text(o->unit);
	check_text(o->range_text);
	check_notes(o->notes, o->n_notes);
	if (o->value.kind == VALUE_CODED)
		check_coded(&o->value.coded);
	if (o->release >= RELEASE_COUNT ||
	    (o->release != RELEASE_DELIVER && o->release_reason == NULL) ||
	    (o->release == RELEASE_WITHDRAW && o->value.kind != VALUE_ABSENT))
		abort();
}

static void
check_report(const struct report *r)
{
	check_text(r->patient.name.family);
	check_text(r->patient.name.given);
	check_text(r->report_id);
	check_notes(r->notes, r->n_notes);
	if (r->card.len != 0 && r->card.len != 10)
		abort();
	for (size_t i = 0; i < r->n_panels; i++) {
		const struct panel *p = &r->panels[i];

		check_coded(&p->code);
		check_notes(p->notes, p->n_notes);
		for (size_t k = 0; k < p->n_observations; k++)
			check_observation(&p->observations[k]);
	}
	for (size_t i = 0; i < r->n_documents; i++)
		if (r->documents[i].bytes.len < 5 ||
		    memcmp(r->documents[i].bytes.ptr, "%PDF-", 5) != 0)
			abort();
	if (r->release == RELEASE_WITHHOLD && r->holds == 0)
		abort();
}

static void
check_answer(enum status st, const struct input_kind *kind,
    const struct parsed *parsed)
{
	uint8_t text[HPRIM_ANSWER_MAX];
	struct buf out = buf_over(text, sizeof(text));

	if ((st == ST_OK) != (parsed->n_reports > 0) || !parsed->answer)
		abort();
	if ((st == ST_OK) != (parsed->reply.code == HL7_AA))
		abort();
	if (st == ST_NOT_FOUND && !hprim_is_file_name(parsed->wants))
		abort();
	if (kind->answer(parsed, 0, span_of("1"), &out) != ST_OK)
		abort();
	check_text(buf_span(&out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct input_piece piece = {
		{ (const uint8_t *)"A.PDF", 5 }, { (const uint8_t *)"%PDF-1.4", 8 },
	};
	struct config_source source = {
		.name = "fuzz", .card_paths = { "8.4", "9.21", "9.4.2" },
		.timezone = "CET-1CEST,M3.5.0,M10.5.0/3", .hprim_medecin = true,
	};
	struct input in = {
		.source = &source, .pieces = &piece, .n_pieces = 1,
		.bytes = span_slice((struct span){ data, len }, 1, len),
	};
	uint8_t how = len > 0 ? data[0] : 0;
	struct parsed parsed;
	struct arena arena;
	enum status st;

	source.charset = (enum charset_choice)(how % 7);
	source.hprim_any = (how & 0x20) != 0;
	source.production = (how & 0x40) != 0;
	in.kind = how & 0x80 ? &input_hprim_medecin : &input_hprim_sante;
	(void)format_detect(in.bytes);
	arena_init(&arena, how == 0xff ? 4096 : ARENA_BYTES);
	st = in.kind->parse(&in, 1795242615000u, &arena, &parsed);
	check_answer(st, in.kind, &parsed);
	for (size_t i = 0; i < parsed.n_reports; i++)
		check_report(&parsed.reports[i]);
	arena_clear(&arena);
	return 0;
}
