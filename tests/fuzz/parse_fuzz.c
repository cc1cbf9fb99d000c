/*
 * A whole frame to reports, and the ACK that answers it.  The first byte
 * sets the source up.  Invariants: nothing is stored unless all is well, all
 * text is UTF-8, an ACK can always be written.
 */
#include "input/parse.h"

#include <stdlib.h>

#include "wire/charset.h"
#include "wire/hl7.h"

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
	check_text(c->alternate_display);
	check_text(c->text);
}

static void
check_observation(const struct observation *o)
{
	check_coded(&o->code);
	check_text(o->value.text);
	check_text(o->unit);
	check_text(o->range_text);
	if (o->value.kind == VALUE_CODED)
		check_coded(&o->value.coded);
	for (size_t i = 0; i < o->n_notes; i++)
		check_text(o->notes[i].text);
	if (o->release >= RELEASE_COUNT ||
	    (o->release != RELEASE_DELIVER && o->release_reason == NULL))
		abort();
}

static void
check_report(const struct report *r)
{
	check_text(r->patient.name.family);
	check_text(r->patient.name.given);
	check_text(r->organization);
	if (r->card.len != 0 && r->card.len != 10)
		abort();
	for (size_t i = 0; i < r->n_panels; i++) {
		const struct panel *p = &r->panels[i];

		check_coded(&p->code);
		if (p->parent_panel >= (int)i)
			abort();
		for (size_t k = 0; k < p->n_observations; k++)
			check_observation(&p->observations[k]);
		for (size_t k = 0; k < p->n_notes; k++)
			check_text(p->notes[k].text);
	}
	for (size_t i = 0; i < r->n_documents; i++)
		if (r->documents[i].bytes.len < 5)
			abort();
}

static void
check_answer(enum status st, const struct parsed *parsed)
{
	uint8_t text[HL7_ACK_MAX];
	struct buf out = buf_over(text, sizeof(text));

	if (st != ST_OK && parsed->n_reports != 0)
		abort();
	if (st == ST_OK && (parsed->n_reports == 0 || parsed->ignored ||
	    (parsed->reply.code != HL7_AA && parsed->reply.code != HL7_CA)))
		abort();
	if (!parsed->answer)
		return;
	if (hl7_ack_write(&parsed->head, &parsed->reply, span_of("1"),
	    span_of("20261121073000+0100"), &out) != ST_OK)
		abort();
	if (memchr(text, 0x0b, out.len) != NULL ||
	    memchr(text, 0x1c, out.len) != NULL)
		abort();	/* it would break its own frame */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct config_source source = {
		.name = "fuzz", .card_paths = { "PID-3", "OBR-20", "ZPC-1.1" },
		.card_authority = "GUICHET",
		.timezone = "CET-1CEST,M3.5.0,M10.5.0/3",
	};
	struct span in = span_slice((struct span){ data, len }, 1, len);
	struct parsed parsed;
	struct arena arena;
	enum status st;

	if (len > 0) {
		source.ack_mode = (enum ack_mode)(data[0] % 3);
		source.charset = (enum charset_choice)(data[0] / 3 % 7);
		source.production = (data[0] & 0x80) != 0;
	}
	arena_init(&arena, (data != NULL && len > 0 && data[0] == 0xff)
	    ? 4096 : ARENA_BYTES);
	st = parse_frame(in, &source, 1795242615000u, &arena, &parsed);
	check_answer(st, &parsed);
	for (size_t i = 0; i < parsed.n_reports; i++)
		check_report(&parsed.reports[i]);
	arena_clear(&arena);
	return 0;
}
